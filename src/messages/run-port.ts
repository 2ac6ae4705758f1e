import type { JsonObject } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { ProfileChange } from '../profiles/index.ts';
import type { RenderedContent } from './message.ts';

/** What has become of a message: its outcome, for the run that waits for it, or what its recipient did. */
export interface MessageNews {
  readonly slot: number;
  readonly runId: string;
  readonly messageId: string;
  readonly kind:
    | 'sent'
    /** Must not be sent: no subscription any more, suppressed, over a cap. */
    | 'no_address'
    | 'failed'
    /** Whether it was sent is not known, and it is not repeated. */
    | 'unknown'
    | 'delivered'
    | 'opened'
    | 'clicked'
    | 'reply';
  /** Why, for the first four; kept in the run's trail. */
  readonly reason: string | null;
}

/**
 * What messages need of the workflows, a room above; app.ts passes it in. Order of locks in a transaction: profiles,
 * unique values, runs, messages, node counts, tasks, each in order of its key.
 */
export interface RunPort {
  /** Locks runs, before their messages are locked. Runs that are not there are passed over. */
  lock(tx: Db, runs: readonly { slot: number; runId: string }[]): Promise<void>;
  /** Lets runs go on that wait for what the news tell. The runs are locked. */
  tell(tx: Db, news: readonly MessageNews[], now: Date): Promise<void>;
  /**
   * Tells of what has been made of profiles, whose locks the caller holds: writes the events of changed profiles and
   * subscriptions, fires triggers, lets runs go on that wait for `profile_updated`.
   */
  changed(tx: Db, databaseId: number, changes: readonly ProfileChange[], now: Date): Promise<void>;
  /** The `custom_data` of each run, by its id: its own or that of its request. */
  customData(
    tx: Db,
    runs: readonly { slot: number; runId: string }[],
  ): Promise<ReadonlyMap<string, JsonObject>>;
}

/** What a run brings along for its messages. */
export interface RunScope {
  /** `{apicontent.x}`: the content of the item or of the request, with saved answers laid over it. */
  readonly content: JsonObject;
  readonly attachments: RenderedContent['attachments'];
}

/**
 * The scopes of runs by the id of the run. Runs that do not wait for the outcome of that message any more, because they
 * have ended or were erased, are left out: nothing is sent for them.
 */
export type RunScopes = (
  db: Db,
  runs: readonly { slot: number; runId: string; messageId: string }[],
) => Promise<ReadonlyMap<string, RunScope>>;
