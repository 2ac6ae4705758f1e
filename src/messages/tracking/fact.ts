import type { JsonObject } from '../../base/index.ts';

export const factKinds = [
  'delivered',
  'undelivered',
  'soft_bounce',
  'hard_bounce',
  'complained',
  'opened',
  'clicked',
  'unsubscribed',
  'unsubscribed_everywhere',
  'replied',
] as const;
export type FactKind = (typeof factKinds)[number];

/** What has become known of a message after it was sent. */
export interface Fact {
  readonly slot: number;
  readonly messageId: string;
  readonly kind: FactKind;
  readonly at: Date;
  /** What is kept with the event: `ip`, `user_agent`, `url` of a click; `reason` and `status` of a bounce. */
  readonly data: JsonObject;
}

/** Records facts in one transaction; those of messages that are not there are passed over. */
export type RecordFacts = (facts: readonly Fact[]) => Promise<void>;
