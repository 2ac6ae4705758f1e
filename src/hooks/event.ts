import type { JsonObject } from '../base/index.ts';

/** The event types of Muster's own making (CONTRACT.md 7); emit nodes add the user's. */
export const eventTypes = [
  'import_api',
  'profile_created',
  'profile_updated',
  'subscribed',
  'unsubscribed',
  'complain',
  'hardbounced',
  'send',
  'deliv',
  'undeliv',
  'sbounce',
  'hbounce',
  'open',
  'uopen',
  'click',
  'uclick',
  'reply',
  'unsub',
  'workflow_start',
  'workflow_end',
  'api_call',
] as const;
export type EventType = (typeof eventTypes)[number];

/** What has happened, to be told to hooks and to the feed. */
export interface NewEvent {
  /** One of `eventTypes`, or the user's own. */
  readonly type: string;
  readonly profileId: string;
  /** The profile's own address at that moment, for the hashes; null = it has none. */
  readonly email: string | null;
  /** Null = the event belongs to no workflow, or to no resource; filters of hooks look at them. */
  readonly workflowId: number | null;
  readonly resourceId: number | null;
  /** `event_data`. */
  readonly data: JsonObject;
  /** `custom_data` of the request that caused it. */
  readonly customData: JsonObject | null;
  /** The subscription that the event is about, as profiles store it. */
  readonly subscription: JsonObject | null;
  readonly isTest?: boolean;
}
