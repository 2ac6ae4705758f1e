import type { Log, Outcome } from '../../base/index.ts';
import { type Db, type Refusal, withTx, withTxOrRefusal } from '../../db/index.ts';
import { insertMessages } from '../../messages/index.ts';
import { getProfiles, loadShape, lockProfiles, type StoredProfile } from '../../profiles/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { BatchScope, WalkingRun } from '../nodes/walking-run.ts';
import { type AddRunCounts, RunCounts } from '../run-counts.ts';
import { addNodeCounts, type NodeCount } from '../sql/add-node-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { DueVersion } from '../sql/find-due-versions.ts';
import { insertCalls } from '../sql/insert-calls.ts';
import { lockClaimedRuns } from '../sql/lock-claimed-runs.ts';
import { type RunContext, selectRunContexts } from '../sql/select-run-contexts.ts';
import { settleRuns } from '../sql/settle-runs.ts';
import { trailStep } from '../trail.ts';
import { ChangedProfiles } from '../triggers/changed-profiles.ts';
import { loadTriggers } from '../triggers/load-triggers.ts';
import {
  countStopped,
  fireTriggers,
  noTriggerFigures,
  type SegmentsEntered,
  type TriggerFigures,
} from '../triggers/start-triggered.ts';
import { enterJumps } from './enter-jumps.ts';
import { keepAttachedFiles } from './keep-attached-files.ts';
import { tellOfChanges } from './tell-of-changes.ts';
import { tellRaised } from './tell-raised.ts';
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
  readonly log: Log;
  readonly addRunCounts: AddRunCounts;
  readonly segmentsEntered: SegmentsEntered | undefined;
  /** Passed before the commit. */
  readonly beforeCommit: () => Promise<void> | void;
}

export interface Processed {
  readonly runs: number;
  readonly calls: number;
  readonly messages: number;
  /** Of the runs that they have started by changing profiles. */
  readonly triggered: TriggerFigures;
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
    workflowId: batch.version.workflowId,
    profiles: () => (profiles ??= getProfiles(tx, databaseId, ids)),
    shape: () => (shape ??= loadShape(tx, databaseId)),
    changes: new ChangedProfiles(),
    events: [],
    raised: [],
  };
}

async function loadContexts(tx: Db, batch: RunBatch): Promise<Map<number, RunContext>> {
  if (!batch.definition.readsContent && batch.definition.sends.length === 0) return new Map();
  const ids = batch.runs.flatMap((run) => run.contextId ?? []);
  return ids.length === 0 ? new Map() : selectRunContexts(tx, [...new Set(ids)]);
}

function toWalking(run: ClaimedRun, contexts: ReadonlyMap<number, RunContext>): WalkingRun {
  const root = run.contextId === null ? undefined : contexts.get(run.contextId);
  const content = run.content ?? root?.content ?? {};
  return {
    slot: run.slot,
    id: run.id,
    profileId: run.profileId,
    contextId: run.contextId,
    depth: run.depth,
    ownContent: run.content !== null || run.saved !== null,
    content: run.saved === null ? content : { ...content, ...run.saved },
    subscriptionFilter: root?.subscriptionFilter ?? null,
  };
}

/** Writes where the runs have come to; how they have moved goes into `counts`. */
async function settle(
  tx: Db,
  batch: RunBatch,
  walked: WalkResult,
  now: Date,
  counts: RunCounts,
): Promise<void> {
  await settleRuns(tx, walked.settled, now);
  if (walked.calls.length > 0) await insertCalls(tx, batch.version, walked.calls, now);
  if (walked.messages.length > 0) await insertMessages(tx, batch.version, walked.messages, now);
  if (batch.definition.sends.length > 0) await keepAttachedFiles(tx, walked.settled, now);
  const before = new Map(batch.runs.map((run) => [run.id, run]));
  // How runs that jump have moved is told with those that take their places.
  for (const { run } of walked.jumps) before.delete(run.id);
  for (const { slot, id, status } of walked.settled) {
    const run = before.get(id);
    if (run !== undefined) counts.move(run.taskId, run.status, status);
    if (status === 'ended' || status === 'failed') counts.events.end({ slot, id });
  }
}

/**
 * Starts what the changes of the batch trigger: a look for triggers once, then each trigger once for each depth. After
 * the settling, so that a trigger which restarts a workflow finds the runs of this batch where they have come to.
 */
async function startTriggeredBy(
  deps: ProcessDeps,
  tx: Db,
  { changes, databaseId, now }: BatchScope,
  counts: RunCounts,
): Promise<TriggerFigures> {
  const sum = noTriggerFigures();
  const groups = changes.byDepth();
  if (groups.length === 0) return sum;
  const triggers = await loadTriggers(tx, databaseId, deps.log);
  for (const [depth, changed] of groups) {
    const batch = { databaseId, changes: changed, depth: depth + 1, now };
    const figures = await fireTriggers(tx, triggers, batch, counts, deps.segmentsEntered);
    sum.started += figures.started;
    sum.skippedReentry += figures.skippedReentry;
    sum.stopped.push(...figures.stopped);
  }
  return sum;
}

/** Node counts of all workflows in one statement, then the tasks: the last locks of the transaction. */
async function writeCounts(
  deps: ProcessDeps,
  tx: Db,
  { version }: RunBatch,
  walked: WalkResult,
  stopped: readonly NodeCount[],
  counts: RunCounts,
): Promise<void> {
  const { workflowId, version: number } = version;
  const passed = walked.counts.map((count) => ({ workflowId, version: number, ...count }));
  const all = [...passed, ...stopped];
  if (all.length > 0) await addNodeCounts(tx, all);
  await counts.write(tx, deps.addRunCounts);
}

/**
 * Walks the runs of the batch that still carry its token, writes where they have come to, and starts what their changes
 * of profiles trigger, in one transaction. Locks: profiles, runs, calls, node counts, tasks, each in order of its key.
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
    if (runs.length === 0) return { runs: 0, calls: 0, messages: 0, triggered: noTriggerFigures() };
    const contexts = await loadContexts(tx, batch);
    const walks = runs.map((run) => ({ run, walking: toWalking(run, contexts) }));
    const scope = createScope(tx, batch, now, locked);
    const walked = await walkRuns(batch.definition, walks, scope);
    const counts = new RunCounts();
    await tellOfChanges(scope, runs);
    await tellRaised(scope);
    await settle(tx, batch, walked, now, counts);
    const cut = await enterJumps(tx, walked.jumps, now, counts);
    const triggered = await startTriggeredBy(deps, tx, scope, counts);
    triggered.stopped.push(...cut);
    await counts.events.write(tx, now);
    await writeCounts(deps, tx, batch, walked, countStopped(triggered.stopped), counts);
    await deps.beforeCommit();
    return { runs: runs.length, calls: walked.calls.length, messages: walked.messages.length, triggered };
  });
}

/** Ends one run as failed: for what PostgreSQL refuses also when the run is alone. */
export async function failRun(deps: ProcessDeps, batch: RunBatch, reason: string, now: Date): Promise<void> {
  await withTx(deps.db, async (tx) => {
    const held = await lockClaimedRuns(tx, batch.runs, batch.token);
    const runs = batch.runs.filter((run) => held.has(run.id));
    const settled = runs.map(({ slot, id, node, steps }) => ({
      ...{ slot, id, node, steps, reason },
      ...{ status: 'failed' as const, dueAt: null, effectId: null, resume: null },
      ...{ waitEvent: null, waitMessage: null, trail: [trailStep(node, 'failed', now, reason)] },
    }));
    const passed = runs.map(({ node }) => ({ node, outcome: 'failed', passed: 1 }));
    const walked = { settled, calls: [], messages: [], jumps: [], counts: passed };
    const counts = new RunCounts();
    await settle(tx, batch, walked, now, counts);
    await counts.events.write(tx, now);
    await writeCounts(deps, tx, batch, walked, [], counts);
  });
}
