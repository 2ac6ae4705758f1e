import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type Db, openDb } from '../../src/db/index.ts';
import { claimRuns } from '../../src/workflow/sql/claim-runs.ts';
import type { Bed, Bench } from '../environment/bench.ts';
import { until } from '../environment/client.ts';
import type { SinkProcess } from '../environment/sink-process.ts';
import { freshNumbers } from '../load/background-imports.ts';
import { numbersFrom, printBatch } from '../load/batch-body.ts';
import type { FilledWorkflow } from '../load/fill-history.ts';
import { measureImport } from '../load/follow-import.ts';
import { startPausedRuns } from '../load/paused-runs.ts';
import type { BenchDatabase } from '../load/workflows.ts';

const BATCH = 10_000;
const RUNS = 5_000;
/** Of the engine's batches. */
const CLAIMED = 500;
const HOOK_BATCH = 100;
const LEASE_MS = 30_000;

/** ms for each. */
export interface Point {
  /** Import and start of 10,000 new profiles, to completed. */
  readonly import: number;
  /** The engine on 500 runs. */
  readonly engine: number;
  /** The claim of 500 runs alone. */
  readonly claim: number;
  /** A delivery of 100 events to a hook, one after the other. */
  readonly hook: number;
}

export const pointNames = ['import', 'engine', 'claim', 'hook'] as const;

export interface Grown {
  readonly bed: Bed;
  readonly sink: SinkProcess;
  readonly database: BenchDatabase;
  readonly workflow: FilledWorkflow;
}

async function claimOnce(db: Db, workflow: FilledWorkflow): Promise<number> {
  const tx = await db.startTransaction().execute();
  const now = new Date();
  const claim = { token: randomUUID(), now, leaseEnd: new Date(now.getTime() + LEASE_MS), limit: CLAIMED };
  const startedAt = performance.now();
  const runs = await claimRuns(tx, workflow, claim);
  const ms = performance.now() - startedAt;
  await tx.rollback().execute();
  if (runs.length !== CLAIMED) throw new Error(`${runs.length} runs were claimed instead of ${CLAIMED}`);
  return ms;
}

/** Claims and gives back, by the server's own statement; the second time, when the connection knows the tables. */
async function measureClaim({ bed, workflow }: Grown): Promise<number> {
  const db = openDb({ url: bed.databaseUrl, connections: 1, onIdleFault: () => {} });
  try {
    await claimOnce(db, workflow);
    return await claimOnce(db, workflow);
  } finally {
    await db.destroy();
  }
}

/** Until every event has its place in the feed. */
async function untilPlaced(sql: pg.Client, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const { rows } = await sql.query('select 1 from event_batch where position is null limit 1');
    return rows.length === 0 || undefined;
  };
  await until(look, signal, { what: 'the events', pollMs: 50 });
}

/** Tells the batch that was just imported to a hook made for it. */
async function measureHook({ bed, sink }: Grown, since: string, signal: AbortSignal): Promise<number> {
  const { client, sql } = bed;
  await untilPlaced(sql, signal);
  const { arrived } = await sink.expect(BATCH / HOOK_BATCH);
  const { id } = await client.admin<{ id: number }>('POST', '/hooks', {
    ...{ name: 'Bench', url: `http://127.0.0.1:${sink.port}/hook`, events: ['profile_created'] },
    ...{ batch_size: HOOK_BATCH, since },
  });
  const { spanMs, count } = await arrived;
  await client.admin('DELETE', `/hooks/${id}`);
  return spanMs / (count - 1);
}

let rounds = 0;

/** All four, once. */
export async function measurePoint(grown: Grown, bench: Bench): Promise<Point> {
  const { bed, workflow } = grown;
  const { client, sql } = bed;
  rounds += 1;
  const end = await sql.query<{ last_position: string }>('select last_position from event_log where id = 1');
  // A cursor of the feed: behind the last event that stands there.
  const since = `${Number(end.rows[0]?.last_position) + 1}-0`;
  await client.admin('POST', `/workflows/${workflow.workflowId}/resume`);
  const body = printBatch(workflow.workflowId, freshNumbers(BATCH));
  const { times } = await measureImport(client, { kind: 'new', rows: BATCH, body }, bench.signal);
  const hook = await measureHook(grown, since, bench.signal);
  const runs = numbersFrom(0, Math.min(RUNS, workflow.profiles));
  const paused = await startPausedRuns(client, workflow.workflowId, runs, rounds + 1, bench.signal);
  const claim = await measureClaim(grown);
  const engine = ((await paused.walk()) * CLAIMED) / runs.length;
  return { import: times.completedMs, engine, claim, hook };
}

/**
 * A hook that nobody answers, so that all events from now on wait for it: its first deliveries fail and its breaker
 * opens. One that is not active is left alone.
 */
export async function createDeadHook({ client }: Bed, active: boolean): Promise<number> {
  const hook = { name: 'Down', url: 'http://127.0.0.1:1/down', events: ['profile_created'], active };
  return (await client.admin<{ id: number }>('POST', '/hooks', hook)).id;
}

/** One profile alone, whose event is the model of those that are filled in. */
export async function makeModelEvent(
  { client, sql }: Bed,
  workflowId: number,
  signal: AbortSignal,
): Promise<void> {
  const [number = 0] = freshNumbers(1);
  await measureImport(client, { kind: 'new', rows: 1, body: printBatch(workflowId, [number]) }, signal);
  await untilPlaced(sql, signal);
}
