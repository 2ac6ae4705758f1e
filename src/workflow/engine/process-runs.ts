import type { JsonObject, Outcome } from '../../base/index.ts';
import { type Db, type Refusal, withTx, withTxOrRefusal } from '../../db/index.ts';
import { getProfiles, loadShape, lockProfiles, type StoredProfile } from '../../profiles/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { BatchScope, WalkingRun } from '../nodes/walking-run.ts';
import { type AddRunCounts, RunCounts } from '../run-counts.ts';
import { addNodeCounts } from '../sql/add-node-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { DueVersion } from '../sql/find-due-version.ts';
import { insertCalls } from '../sql/insert-calls.ts';
import { lockClaimedRuns } from '../sql/lock-claimed-runs.ts';
import { selectRunContents } from '../sql/select-run-contents.ts';
import { settleRuns } from '../sql/settle-runs.ts';
import { type WalkResult, walkRuns } from './walk-runs.ts';

/** Claimed runs of one version, and what is needed to walk them. */
export interface RunBatch {
  readonly version: DueVersion & { readonly databaseId: number };
  readonly definition: Definition;
  readonly token: string;
  readonly runs: readonly ClaimedRun[];
}

export interface ProcessDeps {
  readonly db: Db;
  readonly addRunCounts: AddRunCounts;
  /** Passed before the commit. */
  readonly beforeCommit: () => Promise<void> | void;
}

export interface Processed {
  readonly runs: number;
  readonly calls: number;
}

function createScope(tx: Db, batch: RunBatch, now: Date, locked?: Map<string, StoredProfile>): BatchScope {
  const { databaseId } = batch.version;
  const ids = [...new Set(batch.runs.map((run) => run.profileId))];
  let profiles: Promise<Map<string, StoredProfile>> | undefined = locked && Promise.resolve(locked);
  let shape: ReturnType<typeof loadShape> | undefined;
  return {
    tx,
    now,
    databaseId,
    profiles: () => (profiles ??= getProfiles(tx, databaseId, ids)),
    shape: () => (shape ??= loadShape(tx, databaseId)),
  };
}

async function loadContents(tx: Db, batch: RunBatch): Promise<Map<number, JsonObject>> {
  if (!batch.definition.readsContent) return new Map();
  const ids = batch.runs.flatMap((run) => run.contextId ?? []);
  return ids.length === 0 ? new Map() : selectRunContents(tx, [...new Set(ids)]);
}

function toWalking(run: ClaimedRun, contents: ReadonlyMap<number, JsonObject>): WalkingRun {
  const root = run.contextId === null ? undefined : contents.get(run.contextId);
  const content = run.content ?? root ?? {};
  return {
    id: run.id,
    profileId: run.profileId,
    contextId: run.contextId,
    ownContent: run.content !== null || run.saved !== null,
    content: run.saved === null ? content : { ...content, ...run.saved },
  };
}

async function record(
  tx: Db,
  batch: RunBatch,
  walked: WalkResult,
  now: Date,
  add: AddRunCounts,
): Promise<void> {
  await settleRuns(tx, walked.settled, now);
  if (walked.calls.length > 0) await insertCalls(tx, batch.version, walked.calls, now);
  if (walked.counts.length > 0) await addNodeCounts(tx, batch.version, walked.counts);
  const before = new Map(batch.runs.map((run) => [run.id, run]));
  const counts = new RunCounts();
  for (const { id, status } of walked.settled) {
    const run = before.get(id);
    if (run !== undefined) counts.move(run.taskId, run.status, status);
  }
  await counts.write(tx, add);
}

/**
 * Walks the runs of the batch that still carry its token, and writes where they have come to, in one transaction.
 * Locks: profiles, runs, node counts, tasks, each in order of its key.
 * @returns a refusal when PostgreSQL does not take what one of them would write; then nothing was written.
 */
export async function processRuns(
  deps: ProcessDeps,
  batch: RunBatch,
  now: Date,
): Promise<Outcome<Processed, Refusal>> {
  return withTxOrRefusal(deps.db, async (tx) => {
    const ids = [...new Set(batch.runs.map((run) => run.profileId))];
    const locked = batch.definition.changesProfiles
      ? await lockProfiles(tx, batch.version.databaseId, ids)
      : undefined;
    const held = await lockClaimedRuns(tx, batch.runs, batch.token);
    const runs = batch.runs.filter((run) => held.has(run.id));
    if (runs.length === 0) return { runs: 0, calls: 0 };
    const contents = await loadContents(tx, batch);
    const walks = runs.map((run) => ({ run, walking: toWalking(run, contents) }));
    const walked = await walkRuns(batch.definition, walks, createScope(tx, batch, now, locked));
    await record(tx, batch, walked, now, deps.addRunCounts);
    await deps.beforeCommit();
    return { runs: runs.length, calls: walked.calls.length };
  });
}

/** Ends one run as failed: for what PostgreSQL refuses also when the run is alone. */
export async function failRun(deps: ProcessDeps, batch: RunBatch, reason: string, now: Date): Promise<void> {
  await withTx(deps.db, async (tx) => {
    const held = await lockClaimedRuns(tx, batch.runs, batch.token);
    const runs = batch.runs.filter((run) => held.has(run.id));
    const settled = runs.map(({ slot, id, node, steps }) => ({
      ...{ slot, id, node, steps, reason },
      ...{ status: 'failed' as const, dueAt: null, callId: null, resume: null },
    }));
    const counts = runs.map(({ node }) => ({ node, outcome: 'failed', passed: 1 }));
    await record(tx, batch, { settled, calls: [], counts }, now, deps.addRunCounts);
  });
}
