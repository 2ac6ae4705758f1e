import type { Log } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { insertMessages } from '../../messages/index.ts';
import { getProfiles, loadShape, type StoredProfile, selectEmails } from '../../profiles/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { BatchScope, WalkingRun } from '../nodes/walking-run.ts';
import type { RunCounts } from '../run-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { DueVersion } from '../sql/find-due-versions.ts';
import { insertCalls } from '../sql/insert-calls.ts';
import { type RunContext, selectRunContexts } from '../sql/select-run-contexts.ts';
import type { RunFacts } from '../sql/select-run-facts.ts';
import type { SettledRun } from '../sql/settle-runs.ts';
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

/** Runs of one version that the transaction has for itself, and what is needed to walk them. */
export interface WalkBatch {
  readonly version: DueVersion & { readonly databaseId: number };
  readonly definition: Definition;
  readonly runs: readonly ClaimedRun[];
  /** Their profiles where the caller has read or locked them; absent = they are read when a node asks. */
  readonly profiles?: Map<string, StoredProfile> | undefined;
  /** The e-mail addresses of the profiles where the caller knows them, null = has none; absent = they are read. */
  readonly emails?: Emails | undefined;
  /** Writes where the runs have come to. */
  readonly store: (settled: readonly SettledRun[]) => Promise<void>;
}

export interface WalkDeps {
  readonly log: Log;
  readonly segmentsEntered: SegmentsEntered | undefined;
}

export interface Walked {
  readonly runs: number;
  readonly calls: number;
  readonly messages: number;
  /** Of the runs that they have started by changing profiles. */
  readonly triggered: TriggerFigures;
}

function createScope(tx: Db, batch: WalkBatch, now: Date): BatchScope {
  const { databaseId } = batch.version;
  const ids = [...new Set(batch.runs.map((run) => run.profileId))];
  let profiles: Promise<Map<string, StoredProfile>> | undefined =
    batch.profiles && Promise.resolve(batch.profiles);
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

async function loadContexts(tx: Db, { runs, definition }: WalkBatch): Promise<Map<number, RunContext>> {
  const ids = new Set(runs.flatMap((run) => run.contextId ?? []));
  if (ids.size === 0) return new Map();
  return selectRunContexts(tx, [...ids], definition.readsContent || definition.sends.length > 0);
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
    customData: run.customData ?? root?.customData ?? null,
    subscriptionFilter: root?.subscriptionFilter ?? null,
  };
}

interface Walk {
  readonly run: ClaimedRun;
  readonly walking: WalkingRun;
}

function isOver({ status }: SettledRun): boolean {
  return status === 'ended' || status === 'failed';
}

type Emails = ReadonlyMap<string, string | null>;

/** Of the profiles of all runs; undefined where one is not known, so that they are read. */
export function knownEmails(
  told: readonly ({ readonly profileId: string; readonly email: string | null } | undefined)[],
): Emails | undefined {
  const emails = new Map<string, string | null>();
  for (const one of told) {
    if (one === undefined) return undefined;
    emails.set(one.profileId, one.email);
  }
  return emails;
}

/** Of the profiles whose runs are over, as the walk has left them. */
async function loadEmails(tx: Db, { runs, version, emails }: WalkBatch, walked: WalkResult): Promise<Emails> {
  if (emails !== undefined) return emails;
  const over = new Set(walked.settled.filter(isOver).map(({ id }) => id));
  const ids = new Set(runs.filter(({ id }) => over.has(id)).map(({ profileId }) => profileId));
  return ids.size === 0 ? new Map() : selectEmails(tx, version.databaseId, [...ids]);
}

/** What its end is told as. */
function factsOf(
  { version: { workflowId, databaseId } }: WalkBatch,
  { run, walking }: Walk,
  { node, status, reason }: SettledRun,
  emails: Emails,
): RunFacts {
  const { id, profileId, taskId } = run;
  const email = emails.get(profileId) ?? null;
  const { customData } = walking;
  return { id, databaseId, profileId, workflowId, taskId, node, status, reason, email, customData };
}

/** Notes how the runs have moved. */
function countRuns(
  batch: WalkBatch,
  walks: readonly Walk[],
  walked: WalkResult,
  emails: Emails,
  counts: RunCounts,
): void {
  const { workflowId, version } = batch.version;
  for (const count of walked.counts) counts.pass({ workflowId, version, ...count });
  const before = new Map(walks.map((walk) => [walk.run.id, walk]));
  // How runs that jump have moved is told with those that take their places.
  const jumped = new Set(walked.jumps.map(({ run }) => run.id));
  for (const settled of walked.settled) {
    const { slot, id, status } = settled;
    const walk = before.get(id);
    if (walk === undefined) continue;
    if (!jumped.has(id)) counts.move(walk.run.taskId, walk.run.status, status);
    if (isOver(settled)) counts.events.end({ slot, id }, factsOf(batch, walk, settled, emails));
  }
}

/** Writes where the runs have come to, and what they have queued. */
async function settle(tx: Db, batch: WalkBatch, walked: WalkResult, now: Date): Promise<void> {
  await batch.store(walked.settled);
  if (walked.calls.length > 0) await insertCalls(tx, batch.version, walked.calls, now);
  if (walked.messages.length > 0) await insertMessages(tx, batch.version, walked.messages, now);
  if (batch.definition.sends.length > 0) await keepAttachedFiles(tx, walked.settled, now);
}

/**
 * Starts what the changes of the batch trigger: a look for triggers once, then each trigger once for each depth. After
 * the settling, so that a trigger which restarts a workflow finds the runs of this batch where they have come to.
 */
async function startTriggeredBy(
  deps: WalkDeps,
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

/**
 * Walks the runs until each waits, has queued a call or a message, or is over; writes where they have come to, and
 * starts what their changes of profiles trigger. All in the caller's transaction, which has the runs for itself, holds
 * the locks of their profiles where the workflow changes profiles, and writes `counts` last.
 */
export async function walkBatch(
  deps: WalkDeps,
  tx: Db,
  batch: WalkBatch,
  now: Date,
  counts: RunCounts,
): Promise<Walked> {
  const contexts = await loadContexts(tx, batch);
  const walks = batch.runs.map((run) => ({ run, walking: toWalking(run, contexts) }));
  const scope = createScope(tx, batch, now);
  const walked = await walkRuns(batch.definition, walks, scope);
  const walkings = walks.map(({ walking }) => walking);
  counts.leaveDue(await tellOfChanges(scope, walkings));
  counts.leaveDue(await tellRaised(scope));
  await settle(tx, batch, walked, now);
  countRuns(batch, walks, walked, await loadEmails(tx, batch, walked), counts);
  const cut = await enterJumps(tx, walked.jumps, now, counts);
  const triggered = await startTriggeredBy(deps, tx, scope, counts);
  triggered.stopped.push(...cut);
  countStopped(counts, triggered.stopped);
  await counts.events.write(tx, now);
  return { runs: walks.length, calls: walked.calls.length, messages: walked.messages.length, triggered };
}
