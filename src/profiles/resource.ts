import type { JsonObject } from '../base/index.ts';
import type { Channel } from './channels.ts';
import type { FieldType } from './database.ts';

/** A field of the subscriptions of a resource. */
export interface ResourceField {
  readonly name: string;
  readonly type: FieldType;
  /** The values of an enum in the order of their ordinals, from 0; null for other types. */
  readonly options: readonly string[] | null;
  /** Whether `custom_sub` finds profiles by it. */
  readonly match: boolean;
}

/** What people subscribe to: it ties channels, databases and categories. */
export interface Resource {
  readonly id: number;
  readonly name: string;
  /** The databases whose profiles may subscribe. */
  readonly databaseIds: readonly number[];
  readonly channels: readonly Channel[];
  readonly categories: readonly string[];
  readonly fields: readonly ResourceField[];
  /** The sender of each channel, by its id; used when messages are sent. */
  readonly senders: Readonly<Partial<Record<Channel, number>>>;
  /** Caps and quiet hours; used when messages are sent. */
  readonly policy: JsonObject;
  readonly createdAt: Date;
}
