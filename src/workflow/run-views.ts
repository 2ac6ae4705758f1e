import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { RunStatus } from './run-counts.ts';
import { type RunQuery, type StoredRun, selectRun, selectRuns } from './sql/select-runs.ts';
import type { TrailStep } from './trail.ts';

/** What a live run waits for. */
export type RunWait =
  /** Its turn: the engine takes it when it comes to it. */
  | { readonly kind: 'engine'; readonly since: string }
  | { readonly kind: 'time'; readonly until: string }
  /** A call or message; `status` is its state, `due_at` its next try, `reason` what is wrong with it. */
  | {
      readonly kind: 'api_call' | 'message';
      readonly id: string;
      readonly status: string;
      readonly attempts: number;
      readonly due_at: string | null;
      readonly reason: string | null;
    }
  /** An event, of a message or (null) of the profile. */
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly message_id: string | null;
      readonly until: string;
    }
  /** Nothing that could ever come: a fault. */
  | { readonly kind: 'nothing' };

export interface RunView {
  readonly id: string;
  readonly databaseId: number;
  readonly profileId: string;
  readonly workflowId: number;
  readonly version: number;
  readonly taskId: string | null;
  readonly itemIndex: number | null;
  readonly status: RunStatus;
  /** Where it stands, or has ended. */
  readonly node: string;
  /** Since when it stands there. */
  readonly since: string;
  /** Null = it is over. */
  readonly waitsFor: RunWait | null;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly steps: number;
  /** The latest steps, the oldest first. */
  readonly trail: readonly TrailStep[];
  /** `{apicontent.x}`, with saved answers laid over it. */
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  /** The names of the files that it brings along. */
  readonly attach: readonly string[];
}

function waitOf(run: StoredRun, now: Date): RunWait | null {
  if (run.status === 'ended' || run.status === 'failed') return null;
  if (run.effect_id !== null) {
    const { call, message } = run;
    const id = run.effect_id;
    const gone = { kind: 'nothing' as const };
    if (call !== null) {
      const { status, attempts, due_at, fault } = call;
      return { kind: 'api_call', id, status, attempts, due_at, reason: fault };
    }
    return message === null ? gone : { kind: 'message', id, ...message };
  }
  if (run.due_at === null) return { kind: 'nothing' };
  const until = run.due_at.toISOString();
  if (run.is_claimed || run.due_at.getTime() <= now.getTime()) return { kind: 'engine', since: sinceOf(run) };
  if (run.wait_event === null) return { kind: 'time', until };
  return { kind: 'event', event: run.wait_event, message_id: run.wait_message, until };
}

function sinceOf(run: StoredRun): string {
  return run.trail?.at(-1)?.[2] ?? run.started_at.toISOString();
}

function attachNames(attach: JsonValue): string[] {
  if (!Array.isArray(attach)) return [];
  return attach.flatMap((one) => {
    const name = isJsonObject(one) ? ownValue(one, 'name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function toView(run: StoredRun, now: Date): RunView {
  return {
    ...{ id: run.id, databaseId: run.database_id, profileId: run.profile_id, workflowId: run.workflow_id },
    ...{ version: run.version, taskId: run.task_id, itemIndex: run.item_index },
    ...{ status: run.status, node: run.node, since: sinceOf(run), waitsFor: waitOf(run, now) },
    ...{ reason: run.reason, startedAt: run.started_at.toISOString(), steps: run.steps },
    endedAt: run.ended_at?.toISOString() ?? null,
    trail: run.trail ?? [],
    content: run.saved === null ? run.content : { ...run.content, ...run.saved },
    customData: run.custom_data,
    attach: attachNames(run.attach),
  };
}

/** Undefined when there is no such run. */
export async function getRun(db: Db, id: string, now: Date): Promise<RunView | undefined> {
  const run = await selectRun(db, id);
  return run && toView(run, now);
}

/**
 * Runs that fit, the newest first. Fast by a profile or a workflow; a task is looked for among the runs of its workflow,
 * so name both.
 */
export async function listRuns(db: Db, query: RunQuery, now: Date): Promise<RunView[]> {
  return (await selectRuns(db, query)).map((run) => toView(run, now));
}
