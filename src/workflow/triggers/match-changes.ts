import { type ProfileChange, statusChangesOf } from '../../profiles/index.ts';
import type { TriggerEvent } from '../nodes/trigger.ts';

/** Which profiles have come into segments, by segment. */
export type EnteredSegments = ReadonlyMap<number, ReadonlySet<string>>;

function isMet(event: TriggerEvent, change: ProfileChange, entered: EnteredSegments): boolean {
  switch (event.on) {
    case 'profile_created':
      return change.before === undefined;
    case 'profile_updated':
      return change.before !== undefined && change.before !== change.after;
    case 'subscription_changed':
      return statusChangesOf(change).some(
        ({ subscription, event: raised }) =>
          (event.resourceId === null || event.resourceId === subscription.resource_id) &&
          (event.channel === null || event.channel === subscription.channel) &&
          (event.status === null || event.status === subscription.status) &&
          (event.event === null || event.event === raised),
      );
    case 'segment_entered':
      return (
        change.enteredSegments.includes(event.segmentId) ||
        entered.get(event.segmentId)?.has(change.profileId) === true
      );
  }
}

/** The ids of the profiles that the event has happened to, each once however often it has. */
export function matchChanges(
  event: TriggerEvent,
  changes: readonly ProfileChange[],
  entered: EnteredSegments,
): string[] {
  return changes.filter((change) => isMet(event, change, entered)).map(({ profileId }) => profileId);
}
