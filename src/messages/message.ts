import type { Channel } from '../profiles/index.ts';

/** What to do when it is not known whether a server has taken a message or call (CONTRACT.md 7). */
export const unknownPolicies = ['repeat', 'skip', 'park'] as const;
export type UnknownPolicy = (typeof unknownPolicies)[number];

/** A message to be queued in the transaction that moves its run. */
export interface NewMessage {
  readonly slot: number;
  /** 24 hex digits; also the run's `effect_id`. */
  readonly id: string;
  readonly runId: string;
  readonly profileId: string;
  readonly node: string;
  readonly taskId: string | null;
  readonly share: number;
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  readonly templateVersion: number;
  readonly senderId: number;
  /** Null = the address of the profile itself. */
  readonly subscriptionId: string | null;
  /** An e-mail, a phone in E.164, or the JSON text of `{provider, subscription_id}` or `cc_data`. */
  readonly address: string;
  readonly onUnknown: UnknownPolicy;
}

/** One try of one message, ready for its channel. */
export interface Outgoing {
  readonly slot: number;
  readonly id: string;
  readonly profileId: string;
  readonly channel: Channel;
  readonly address: string;
  readonly createdAt: Date;
  /** Tries before this one. */
  readonly attempts: number;
  readonly content: RenderedContent;
}

/** A template rendered for one profile. Texts that a channel does not have are ''. */
export interface RenderedContent {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** E-mail headers that the template adds, in lower case; further keys of other channels. */
  readonly headers: Readonly<Record<string, string>>;
  /** Files to attach, e-mail only; ids of `files`. */
  readonly attachments: readonly {
    readonly fileId: string;
    readonly name: string;
    readonly mimetype: string;
  }[];
  /** Where the recipient can unsubscribe by one click; null = the message has no such link. */
  readonly unsubscribeUrl: string | null;
}

/** What one try has come to. `reason` is a sentence for an operator, without secrets. */
export type DeliveryOutcome =
  | { readonly kind: 'accepted'; readonly answer: string; readonly providerId: string | null }
  /** To be tried again: after the server's own time, or by growing pauses. `unreachable` counts for the breaker. */
  | {
      readonly kind: 'temporary';
      readonly reason: string;
      readonly afterMs: number | null;
      readonly unreachable: boolean;
    }
  /** `badAddress`: nothing can ever be sent there. */
  | { readonly kind: 'permanent'; readonly reason: string; readonly badAddress: boolean }
  /** The server may have taken it or not. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A way out for the messages of one sender. Open connections are its own; `send` never rejects. */
export interface SenderChannel {
  send(outgoing: Outgoing, signal: AbortSignal): Promise<DeliveryOutcome>;
  close(): Promise<void>;
}
