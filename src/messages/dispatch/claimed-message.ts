import type { Channel } from '../../profiles/index.ts';
import type { UnknownPolicy } from '../message.ts';

/** A message from its claim to its settling. */
export interface ClaimedMessage {
  readonly slot: number;
  readonly id: string;
  readonly databaseId: number;
  readonly profileId: string;
  /** Null = sent by hand, as a test. */
  readonly runId: string | null;
  readonly workflowId: number | null;
  readonly node: string | null;
  readonly taskId: string | null;
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  readonly templateVersion: number;
  readonly senderId: number;
  /** The sender, see `Claimed`. */
  readonly place: string;
  /** Null = the address is that of the profile itself. */
  readonly subscriptionId: string | null;
  /** Null = erased with its profile. */
  readonly address: string | null;
  readonly isTest: boolean;
  readonly onUnknown: UnknownPolicy;
  /** Tries before this one, lost ones too. */
  readonly attempts: number;
  readonly giveUpAt: Date;
  readonly createdAt: Date;
  /** Whether the last try was lost with its worker: what has become of it is not known. */
  readonly isLost: boolean;
  readonly leaseEnd: Date;
}
