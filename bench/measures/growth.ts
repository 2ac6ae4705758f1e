import { type Bench, runRounds, startBed, withStops } from '../environment/bench.ts';
import { startSink } from '../environment/sink-process.ts';
import { type Figure, type Reading, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { fillDeliveries, fillEvents, fillRuns } from '../load/fill-history.ts';
import { fillProfiles, settleTables } from '../load/fill-profiles.ts';
import { setUp, waitingNodes } from '../load/workflows.ts';
import {
  createDeadHook,
  type Grown,
  makeModelEvent,
  measurePoint,
  type Point,
  pointNames,
} from './growth-point.ts';
import type { Measure } from './measure.ts';

/** Profiles that are stored in every database before anything grows. */
const BASE = 10_000;
/** One delivery of a hook for so many events. */
const EVENTS_EACH = 100;

interface Range {
  readonly from: number;
  readonly count: number;
}

/** Something that grows while all else stays. */
interface Axis {
  readonly name: string;
  readonly title: string;
  readonly sizes: readonly number[];
  grow(grown: Grown, range: Range, bench: Bench): Promise<void>;
}

const axes: readonly Axis[] = [
  {
    name: 'profiles',
    title: 'stored profiles',
    sizes: [BASE, 100_000, 500_000, 2_000_000],
    // The first ones are there already.
    grow: async ({ bed, database }, { from, count }, { signal }) => {
      const first = Math.max(from, BASE);
      await fillProfiles(
        bed.sql,
        database,
        { from: first, count: Math.max(0, from + count - first) },
        signal,
      );
    },
  },
  {
    name: 'waiting',
    title: 'runs that wait in a delay of the same workflow',
    sizes: [0, 100_000, 1_000_000],
    grow: async ({ bed, workflow }, range, { signal }) => {
      await fillRuns(bed.sql, 'waiting', workflow, range, signal);
      await settleTables(bed.sql, ['run']);
    },
  },
  {
    name: 'unsettled',
    title: 'events that wait for a hook which is down',
    sizes: [0, 100_000, 1_000_000],
    grow: async ({ bed }, { from, count }, { signal }) => {
      if (from === 0) await createDeadHook(bed, true);
      await fillEvents(bed.sql, { from, count }, signal);
      await settleTables(bed.sql, ['event_batch']);
    },
  },
  {
    name: 'history',
    title: 'ended runs, and events that every hook has had',
    sizes: [0, 1_000_000],
    grow: async ({ bed, workflow }, { from, count }, { signal }) => {
      await fillRuns(bed.sql, 'ended', workflow, { from, count }, signal);
      await fillEvents(bed.sql, { from, count }, signal);
      const hookId = await createDeadHook(bed, false);
      await fillDeliveries(bed.sql, hookId, Math.floor(count / EVENTS_EACH));
      await settleTables(bed.sql, ['run', 'event_batch', 'hook_delivery']);
    },
  },
];

const titles = {
  import: 'import and start of 10,000 profiles',
  engine: 'the engine on 500 runs',
  claim: 'the claim of 500 runs',
  hook: 'a delivery of 100 events to a hook',
} as const;

interface CurvePoint {
  readonly size: number;
  readonly points: readonly Point[];
}

function toFigures(axis: Axis, curve: readonly CurvePoint[]): Figure[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined) return [];
  return pointNames.map((name) => {
    const at = ({ size, points }: CurvePoint): Reading =>
      timeReading(`at ${size.toLocaleString('en-US')}`, summarise(points.map((point) => point[name])));
    const ratios = last.points.map(
      (point, index) => point[name] / (first.points[index]?.[name] ?? Number.NaN),
    );
    return toFigure(
      {
        ...{ name: `growth.${axis.name}.${name}`, title: `${titles[name]}, by ${axis.title}` },
        ...{ against: `itself at ${first.size.toLocaleString('en-US')}`, unit: 'ratio', reach: null },
      },
      { judged: summarise(ratios), muster: curve.map(at), yardstick: null },
    );
  });
}

async function measureAxis(axis: Axis, bench: Bench): Promise<Figure[]> {
  return withStops(bench, async (stops) => {
    const sink = await startSink('http', bench.signal);
    stops.add(sink.stop);
    const bed = await startBed(bench, stops);
    const { database, workflowId } = await setUp(bed.client, waitingNodes);
    await fillProfiles(bed.sql, database, { from: 0, count: BASE }, bench.signal);
    await makeModelEvent(bed, workflowId, bench.signal);
    const workflow = { databaseId: database.id, workflowId, version: 1, profiles: BASE };
    const grown = { bed, sink, database, workflow };
    const curve: CurvePoint[] = [];
    let size = 0;
    for (const full of axis.sizes) {
      const next = Math.round(full * bench.scale);
      if (next > size) await axis.grow(grown, { from: size, count: next - size }, bench);
      size = next;
      bench.tell(`  ${size.toLocaleString('en-US')} ${axis.title}`);
      const points = await runRounds(bench, async () => {
        const measured = await measurePoint(grown, bench);
        return {
          measured,
          said: pointNames.map((name) => `${name} ${measured[name].toFixed(1)} ms`).join(', '),
        };
      });
      curve.push({ size, points });
    }
    return toFigures(axis, curve);
  });
}

export const growth: Measure = {
  name: 'growth',
  title:
    'what an import batch, an engine step, a claim and a delivery take as profiles, waiting runs, events and history grow',
  against: 'the same where there are few',
  reach: '',
  isLong: true,
  run: async (bench) => {
    const figures: Figure[] = [];
    for (const axis of axes) figures.push(...(await measureAxis(axis, bench)));
    return figures;
  },
};
