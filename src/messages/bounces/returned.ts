export type ReturnedKind =
  | 'hard_bounce'
  | 'soft_bounce'
  | 'complained'
  | 'replied'
  | 'auto_reply'
  | 'unknown';

/** What a mail is that has come back to a sender's mailbox. */
export interface Returned {
  readonly kind: ReturnedKind;
  /** The enhanced status of a bounce, such as 5.1.1 (RFC 3463). */
  readonly status: string | null;
  /** What the other server said, or the type of a complaint. */
  readonly reason: string | null;
  /** Whom the mail could not be delivered to, as the report says. */
  readonly recipient: string | null;
  /** Addresses in it that may be the envelope sender of one of our messages. */
  readonly addresses: readonly string[];
  /** Message-IDs that it returns or answers, with their angle brackets; the most telling first. */
  readonly messageIds: readonly string[];
}
