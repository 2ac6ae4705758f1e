import { type Bench, runRounds, withBed } from '../environment/bench.ts';
import { atLeast, atMost, type Figure, type FigureSpec, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { type BatchKind, numbersFrom, printBatch } from '../load/batch-body.ts';
import { type ImportTimes, measureImport } from '../load/follow-import.ts';
import { setUp, shortest } from '../load/workflows.ts';
import { measureCopy } from '../yardsticks/copy.ts';
import type { Measure } from './measure.ts';

interface Pair extends ImportTimes {
  readonly copyMs: number;
  /** What COPY had to write: rows by table. */
  readonly left: Readonly<Record<string, number>>;
}

type Round = Readonly<Record<BatchKind, Pair>>;

const words = { new: 'new', existing: 'known' } as const;

function wholeSpec(kind: BatchKind, rows: number): FigureSpec {
  return {
    name: `import.${kind}`,
    title: `import and start of ${rows.toLocaleString('en-US')} ${words[kind]} profiles, request to completed`,
    against: 'COPY of the rows it left',
    unit: 'ratio',
    reach: atLeast(0.9),
  };
}

function acceptSpec(kind: BatchKind): FigureSpec {
  return {
    name: `accept.${kind}`,
    title: `accepting them (${words[kind]}), request to answer`,
    against: 'the whole, request to completed',
    unit: 'ratio',
    reach: atMost(0.2),
  };
}

function toFigures(rounds: readonly Round[], kind: BatchKind, rows: number): Figure[] {
  const pairs = rounds.map((round) => round[kind]);
  const times = (value: (pair: Pair) => number) => summarise(pairs.map(value));
  const accept = timeReading(
    'request to answer',
    times(({ acceptMs }) => acceptMs),
  );
  const completed = timeReading(
    'request to completed',
    times(({ completedMs }) => completedMs),
    rows,
  );
  const ended = timeReading(
    'request to the end of all runs',
    times(({ runsEndedMs }) => runsEndedMs),
    rows,
  );
  const copy = timeReading(
    'COPY',
    times(({ copyMs }) => copyMs),
    rows,
  );
  return [
    toFigure(wholeSpec(kind, rows), {
      judged: times(({ copyMs, completedMs }) => copyMs / completedMs),
      muster: [completed, ended],
      yardstick: copy,
      details: { rows, left: { ...pairs[0]?.left } },
    }),
    toFigure(acceptSpec(kind), {
      judged: times(({ acceptMs, completedMs }) => acceptMs / completedMs),
      muster: [accept],
      yardstick: completed,
    }),
  ];
}

async function run(bench: Bench): Promise<Figure[]> {
  const { rows, signal } = bench;
  // Batches of any size are to be measured, not refused.
  const limits = {
    MUSTER_BODY_LIMIT_BYTES: String(Math.max(10_485_760, rows * 1_000)),
    MUSTER_MAX_ITEMS: String(Math.max(100_000, rows)),
  };
  return withBed(bench, limits, async ({ client, sql }) => {
    const { workflowId } = await setUp(client, shortest);

    /** An import and, right after it, COPY of what it left: a pair that the machine's moods meet alike. */
    async function measurePair(kind: BatchKind, round: number): Promise<Pair> {
      const body = printBatch(workflowId, numbersFrom(round * rows, rows), kind === 'new' ? 1 : 2);
      const { taskId, times } = await measureImport(client, { kind, rows, body }, signal);
      return { ...times, ...(await measureCopy(sql, kind, taskId)) };
    }
    const say = (pair: Pair): string =>
      `${Math.round(pair.completedMs)} ms (COPY ${Math.round(pair.copyMs)} ms)`;
    const rounds = await runRounds(bench, async (round) => {
      const measured: Round = {
        new: await measurePair('new', round),
        existing: await measurePair('existing', round),
      };
      return { measured, said: `new ${say(measured.new)}, known ${say(measured.existing)}` };
    });
    return [...toFigures(rounds, 'new', rows), ...toFigures(rounds, 'existing', rows)];
  });
}

export const importMeasure: Measure = {
  name: 'import',
  title: 'import and start of a batch, of new profiles and of known ones; and what accepting it takes',
  against: 'COPY of the very rows it leaves into empty tables with the same indexes',
  reach: '≥ 0.9 of COPY; accepting ≤ 0.2 of the whole',
  run,
};
