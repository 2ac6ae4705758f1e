import { type Bed, type Bench, runRounds, startBed, withStops } from '../environment/bench.ts';
import { atMost, type Figure, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { type BatchKind, numbersFrom, printBatch } from '../load/batch-body.ts';
import { fillProfiles } from '../load/fill-profiles.ts';
import { measureImport } from '../load/follow-import.ts';
import { setUp, shortest } from '../load/workflows.ts';
import type { Measure } from './measure.ts';

const ROWS = 10_000;
const SHORT_ROWS = 5_000;
const SMALL = 10_000;
const GROWN = 2_000_000;
const SHORT_GROWN = 100_000;
/** Numbers of new customers begin far behind those that are stored. */
const FIRST_NEW = 10_000_000;

const words = { new: 'new', existing: 'known' } as const;

interface Store {
  readonly bed: Bed;
  readonly workflowId: number;
  /** Profiles at the beginning; each round adds a batch. */
  readonly stored: number;
  /** Profiles in a batch. */
  readonly rows: number;
}

type Times = Readonly<Record<BatchKind, number>>;

/** Known customers from all over the store, so that their pages are as cold as they would be; others in each round. */
function spreadNumbers({ stored, rows }: Store, round: number): number[] {
  const stride = Math.floor(stored / rows);
  return Array.from({ length: rows }, (_, index) => index * stride + (round % stride));
}

async function timeBatches(store: Store, bench: Bench, round: number): Promise<Times> {
  const { bed, workflowId, rows } = store;
  async function time(kind: BatchKind, numbers: readonly number[], visits: number): Promise<number> {
    const batch = { kind, rows, body: printBatch(workflowId, numbers, visits) };
    return (await measureImport(bed.client, batch, bench.signal)).times.completedMs;
  }
  return {
    new: await time('new', numbersFrom(FIRST_NEW + round * rows, rows), 1),
    existing: await time('existing', spreadNumbers(store, round), round + 2),
  };
}

async function run(bench: Bench): Promise<Figure[]> {
  const grown = bench.isShort ? SHORT_GROWN : GROWN;
  const rows = bench.isShort ? SHORT_ROWS : ROWS;
  return withStops(bench, async (stops) => {
    async function openStore(stored: number): Promise<Store> {
      const bed = await startBed(bench, stops);
      const { database, workflowId } = await setUp(bed.client, shortest);
      await fillProfiles(bed.sql, database, { from: 0, count: stored }, bench.signal);
      return { bed, workflowId, stored, rows };
    }
    const small = await openStore(SMALL);
    bench.tell(`  storing ${grown.toLocaleString('en-US')} profiles`);
    const large = await openStore(grown);
    const rounds = await runRounds(bench, async (round) => {
      const measured = {
        small: await timeBatches(small, bench, round),
        large: await timeBatches(large, bench, round),
      };
      const say = (kind: BatchKind): string =>
        `${words[kind]} ${Math.round(measured.large[kind])} ms (${Math.round(measured.small[kind])} ms)`;
      return { measured, said: `${say('new')}, ${say('existing')}` };
    });
    return (['new', 'existing'] as const).map((kind) =>
      toFigure(
        {
          name: `import-grown.${kind}`,
          title: `${rows.toLocaleString('en-US')} ${words[kind]} profiles at ${grown.toLocaleString('en-US')} stored ones`,
          against: `itself at ${SMALL.toLocaleString('en-US')}`,
          unit: 'ratio',
          reach: atMost(1.3),
        },
        {
          judged: summarise(rounds.map((times) => times.large[kind] / times.small[kind])),
          muster: [timeReading('to completed', summarise(rounds.map((times) => times.large[kind])), rows)],
          yardstick: timeReading(
            `itself at ${SMALL.toLocaleString('en-US')}`,
            summarise(rounds.map((times) => times.small[kind])),
            rows,
          ),
        },
      ),
    );
  });
}

export const importGrown: Measure = {
  name: 'import-grown',
  title: 'import and start of 10,000 profiles where 2,000,000 are stored',
  against: 'the same where 10,000 are stored',
  reach: '≤ 1.3 times as long',
  run,
};
