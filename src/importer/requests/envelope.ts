import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { ImportRules } from './import-rules.ts';

export const matchingModes = [
  'email',
  'email_profile',
  'email_sub',
  'phone',
  'phone_sub',
  'profile_id',
  'custom',
  'custom_sub',
  'push_sub',
  'email_phone',
  'email_phone_sub',
] as const;
export type Matching = (typeof matchingModes)[number];

/** The keys under which the values of a mode stand, in an item and at the root. */
export const valueKeys: Readonly<Record<Matching, readonly string[]>> = {
  email: ['email'],
  email_profile: ['email'],
  email_sub: ['email'],
  phone: ['phone'],
  phone_sub: ['phone'],
  profile_id: ['profile_id'],
  custom: ['field_value'],
  custom_sub: ['field_value'],
  push_sub: ['provider', 'subscription_id'],
  email_phone: ['email', 'phone'],
  email_phone_sub: ['email', 'phone'],
};

/** What is said once for all items of a request. Stored with the task as JSON. */
export interface Envelope {
  readonly items: ImportRules['items'];
  readonly missing: ImportRules['missing'];
  /** Null = items are found by a `custom_request` of their own; those of `add` are not looked for. */
  readonly matching: Matching | null;
  /** The field of `custom` and `custom_sub`; null in other modes. */
  readonly fieldName: string | null;
  /** Of the subscriptions that are looked in; null = of any resource. */
  readonly resourceId: number | null;
  /** The values to match by that stand at the root, for items that have none themselves. */
  readonly rootValues: JsonObject;
  readonly skipTriggers: boolean;
  readonly skipInvalidSubscriptions: boolean;
  readonly detectGeo: boolean;
  /** Static segments that profiles are put into and taken out of. */
  readonly addToSegments: readonly number[];
  readonly removeFromSegments: readonly number[];
}

/** What runs carry along, said at the root for all of them. */
export interface RootContext {
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  readonly attach: JsonValue | null;
  readonly subscriptionFilter: JsonObject | null;
}

/** The flags that an item may set for itself. */
export const flags = ['skip_triggers', 'skip_invalid_subscriptions', 'detect_geo'] as const;
export type Flag = (typeof flags)[number];
