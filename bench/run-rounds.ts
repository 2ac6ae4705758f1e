import pg from 'pg';
import { type BatchKind, printBatch } from './batch-body.ts';
import { type BenchClient, setUpWorkflow } from './bench-client.ts';
import { measureCopy } from './measure-copy.ts';
import { type ImportTimes, measureImport } from './measure-import.ts';
import type { BenchOptions } from './options.ts';

export interface Measured extends ImportTimes {
  readonly copyMs: number;
  /** COPY's time over that of the import to `completed`: 1 = as fast as COPY, 0.5 = half as fast. */
  readonly ratio: number;
  /** What COPY had to write: rows by table. */
  readonly left: Readonly<Record<string, number>>;
}

export interface Round {
  readonly new: Measured;
  readonly existing: Measured;
}

interface Bench {
  readonly client: BenchClient;
  readonly postgres: pg.Client;
  readonly workflowId: number;
  readonly rows: number;
  readonly signal: AbortSignal;
}

/** An import and, right after it, COPY of what it left: a pair that the machine's moods meet alike. */
async function measurePair(bench: Bench, kind: BatchKind, body: string): Promise<Measured> {
  const { taskId, times } = await measureImport(bench.client, kind, bench.rows, body, bench.signal);
  const { copyMs, left } = await measureCopy(bench.postgres, kind, taskId);
  bench.signal.throwIfAborted();
  return { ...times, copyMs, ratio: copyMs / times.completedMs, left };
}

async function runRound(bench: Bench, round: number): Promise<Round> {
  const [fresh, changed] = (['new', 'existing'] as const).map((kind) =>
    printBatch(kind, round, bench.rows, bench.workflowId),
  );
  return {
    new: await measurePair(bench, 'new', fresh ?? ''),
    existing: await measurePair(bench, 'existing', changed ?? ''),
  };
}

/** One round to warm up, then those that count. @param onRound gets each one's number, 0 for the warm-up. */
export async function runRounds(
  client: BenchClient,
  databaseUrl: string,
  options: BenchOptions,
  signal: AbortSignal,
  onRound: (round: number, measured: Round) => void,
): Promise<Round[]> {
  const postgres = new pg.Client({ connectionString: databaseUrl });
  await postgres.connect();
  try {
    const workflowId = await setUpWorkflow(client);
    const bench = { client, postgres, workflowId, rows: options.rows, signal };
    const rounds: Round[] = [];
    for (let round = 0; round <= options.rounds; round += 1) {
      const measured = await runRound(bench, round);
      onRound(round, measured);
      if (round > 0) rounds.push(measured);
    }
    return rounds;
  } finally {
    await postgres.end();
  }
}
