import type { JsonObject } from '../base/index.ts';
import type { Channel, SubscriptionStatus } from './channels.ts';

/**
 * One subscription as it is stored in its profile and seen by filters. The keys are those of the API. One of the
 * contacts is there: `email`, `phone`, `provider` with `subscription_id`, or `cc_data`.
 */
export type Subscription = {
  /** 24 hex digits, the platform's `hash_id`. */
  readonly id: string;
  readonly resource_id: number;
  readonly channel: Channel;
  readonly email?: string;
  readonly phone?: string;
  readonly provider?: string;
  readonly subscription_id?: string;
  readonly cc_data?: JsonObject;
  readonly status: SubscriptionStatus;
  /** 0 is the highest. */
  readonly priority: number;
  readonly custom_fields?: JsonObject;
  /** Names of categories of the resource. */
  readonly cats?: readonly string[];
  /** When, from where and on which page the person subscribed, where the caller says so. */
  readonly date?: string;
  readonly ip?: string;
  readonly url?: string;
};

/** What is known of a person: everything that an import can change. */
export interface ProfileState {
  readonly fields: JsonObject;
  readonly subscriptions: readonly Subscription[];
}

/** What a transaction has made of one profile. */
export interface ProfileChange {
  readonly profileId: string;
  /** Undefined = the profile is new. */
  readonly before: ProfileState | undefined;
  /** The same object as `before` where only segments changed. */
  readonly after: ProfileState;
  /** Static segments that the profile was added to and was not in. */
  readonly enteredSegments: readonly number[];
}
