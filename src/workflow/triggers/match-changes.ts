import type { ProfileChange, Subscription } from '../../profiles/index.ts';
import type { TriggerEvent } from '../nodes/trigger.ts';

/** Which profiles have come into segments, by segment. */
export type EnteredSegments = ReadonlyMap<number, ReadonlySet<string>>;

/** The subscriptions that are new or have another status. */
function changedSubscriptions({ before, after }: ProfileChange): readonly Subscription[] {
  if (before === undefined) return after.subscriptions;
  if (before.subscriptions === after.subscriptions) return [];
  const statuses = new Map(before.subscriptions.map(({ id, status }) => [id, status]));
  return after.subscriptions.filter(({ id, status }) => statuses.get(id) !== status);
}

function isMet(event: TriggerEvent, change: ProfileChange, entered: EnteredSegments): boolean {
  switch (event.on) {
    case 'profile_created':
      return change.before === undefined;
    case 'profile_updated':
      return change.before !== undefined && change.before !== change.after;
    case 'subscription_changed':
      return changedSubscriptions(change).some(
        ({ resource_id, channel, status }) =>
          (event.resourceId === null || event.resourceId === resource_id) &&
          (event.channel === null || event.channel === channel) &&
          (event.status === null || event.status === status),
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
