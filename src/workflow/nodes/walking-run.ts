import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { NewEvent } from '../../hooks/index.ts';
import type { NewMessage, UnknownPolicy } from '../../messages/index.ts';
import type { ProfileShape, StoredProfile } from '../../profiles/index.ts';
import type { TemplateScope } from '../../templates/index.ts';
import type { StartTarget } from '../sql/find-start-target.ts';
import type { ChangedProfiles } from '../triggers/changed-profiles.ts';
import type { EdgeName } from './node-base.ts';

/** A claimed run while the engine walks it. */
export interface WalkingRun {
  readonly slot: number;
  readonly id: string;
  readonly profileId: string;
  readonly contextId: number | null;
  /** How many triggers led to the run; 0 = none. */
  readonly depth: number;
  /** Whether the run has content of its own, from its item or from an answer that it saved. */
  readonly ownContent: boolean;
  /** `{apicontent.x}`: the item's content or that of the request, with saved answers laid over it. */
  readonly content: JsonObject;
  /** What hook events are told beside what they tell: the item's or that of the request. */
  readonly customData: JsonObject | null;
  /** Which subscription the request wants messages to go to, as it was sent; null = it does not say. */
  readonly subscriptionFilter: JsonObject | null;
}

/** What the nodes of one batch share; all of it belongs to one transaction. */
export interface BatchScope {
  readonly tx: Db;
  readonly now: Date;
  readonly databaseId: number;
  readonly workflowId: number;
  /** The profiles of the batch, read (or locked, where the workflow changes profiles) when a node first asks. */
  profiles(): Promise<ReadonlyMap<string, StoredProfile>>;
  shape(): Promise<ProfileShape>;
  /** Takes what nodes change of profiles; triggers fire for it when all runs of the batch have come to rest. */
  readonly changes: ChangedProfiles;
  /** Takes what hooks and the feed are to be told, in the order of happening; written with the batch. */
  readonly events: NewEvent[];
  /** Takes what happens to profiles by name, for runs of theirs that wait for `custom` and that name. */
  readonly raised: RaisedEvent[];
}

export interface RaisedEvent {
  readonly profileId: string;
  readonly name: string;
}

/** A request as it was rendered, stored with the call so that every try sends the same bytes. */
export interface CallRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
}

export interface QueuedCall {
  readonly request: CallRequest;
  readonly saveAs: string | null;
  readonly retries: number;
  readonly onUnknown: UnknownPolicy;
}

/** A message to be queued; what it has in common with its run is added there. */
export type QueuedMessage = Omit<
  NewMessage,
  'slot' | 'id' | 'runId' | 'profileId' | 'node' | 'taskId' | 'share'
>;

/** What a node did with one run: it left by an edge, rests, or is over. `detail` is kept in the run's trail. */
export type NodeStep =
  | { readonly kind: 'leave'; readonly edge: EdgeName; readonly detail?: string }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'call'; readonly call: QueuedCall }
  | { readonly kind: 'message'; readonly message: QueuedMessage }
  /** Rests until the event, of the message or (null) of the profile; after `until` it leaves by `timed_out`. */
  | {
      readonly kind: 'wait_event';
      readonly event: string;
      readonly messageId: string | null;
      readonly until: Date;
    }
  /** It ends, and another of the workflow begins, where the re-entry mode lets it. */
  | { readonly kind: 'jump'; readonly target: StartTarget; readonly withContent: boolean }
  | { readonly kind: 'end'; readonly reason: string | null }
  | { readonly kind: 'fail'; readonly reason: string };

/** Runs a node for all of the runs at once: one statement for the batch, not one a run. Index into the answer = run. */
export type ExecuteNode<N> = (
  node: N,
  runs: readonly WalkingRun[],
  scope: BatchScope,
) => readonly NodeStep[] | Promise<readonly NodeStep[]>;

/** Why a run fails whose profile was erased meanwhile. */
export const PROFILE_GONE = 'the profile does not exist any more';

/** What templates of a run may read: the profile as the run finds it. */
export function templateScope(
  profile: Pick<StoredProfile, 'id' | 'fields'> & Partial<Pick<StoredProfile, 'subscriptions'>>,
  run: WalkingRun,
  now: Date,
): TemplateScope {
  const { _tz: zone } = profile.fields;
  return {
    lead: { ...profile.fields, _id: profile.id },
    subscription: null,
    apicontent: run.content,
    now,
    ...(profile.subscriptions === undefined ? {} : { subscriptions: profile.subscriptions }),
    ...(typeof zone === 'string' ? { zone } : {}),
  };
}
