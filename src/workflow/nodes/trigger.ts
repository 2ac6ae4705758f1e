import {
  type Channel,
  channels,
  type SubscriptionEvent,
  type SubscriptionStatus,
  subscriptionEvents,
  subscriptionStatuses,
} from '../../profiles/index.ts';
import type { Filter } from '../../query/index.ts';
import type { NodeReader } from './node-reader.ts';

/** What may happen to a profile that starts runs of other workflows. */
export const triggerEvents = [
  'profile_created',
  'profile_updated',
  'subscription_changed',
  'segment_entered',
] as const;

export type TriggerEvent =
  | { readonly on: 'profile_created' }
  | { readonly on: 'profile_updated' }
  /** Null = any; `status` is the new one. */
  | {
      readonly on: 'subscription_changed';
      readonly resourceId: number | null;
      readonly channel: Channel | null;
      readonly status: SubscriptionStatus | null;
      /** What hooks tell the change as. */
      readonly event: SubscriptionEvent | null;
    }
  | { readonly on: 'segment_entered'; readonly segmentId: number };

export interface Trigger {
  readonly event: TriggerEvent;
  /** Asks the profile as it is after the change; null = everyone. */
  readonly filter: Filter | null;
}

/** Keys of any event: of an unknown one they are not told to be unknown, too. */
const eventKeys = ['filter', 'resource_id', 'channel', 'status', 'event', 'segment_id'];

function parseEvent(reader: NodeReader): TriggerEvent | undefined {
  const on = reader.choice('on', triggerEvents, 'required');
  switch (on) {
    case undefined:
      for (const key of eventKeys) reader.value(key);
      return undefined;
    case 'profile_created':
    case 'profile_updated':
      return { on };
    case 'subscription_changed':
      return {
        on,
        resourceId: reader.reference('resource_id', 'optional') ?? null,
        channel: reader.choice('channel', channels, 'optional') ?? null,
        status: reader.choice('status', subscriptionStatuses, 'optional') ?? null,
        event: reader.choice('event', subscriptionEvents, 'optional') ?? null,
      };
    case 'segment_entered': {
      const segmentId = reader.reference('segment_id', 'required');
      return segmentId === undefined ? undefined : { on, segmentId };
    }
  }
}

/** The trigger of a start node that names an event. Its faults are with the reader. */
export function parseTrigger(reader: NodeReader): Trigger | undefined {
  const event = parseEvent(reader);
  const filter = reader.value('filter') === undefined ? null : reader.filter('filter');
  return event === undefined || filter === undefined ? undefined : { event, filter };
}
