import { type JsonObject, ownValue, sameJson } from '../base/index.ts';
import type { NewEvent } from '../hooks/index.ts';
import { type ProfileChange, statusChangesOf } from '../profiles/index.ts';

/** What has caused the changes. */
export interface ChangeCause {
  /** Null = no workflow. */
  readonly workflowId: number | null;
  /** The `custom_data` of whatever has changed the profile. */
  customDataOf(profileId: string): JsonObject | null;
}

const NO_CAUSE: ChangeCause = { workflowId: null, customDataOf: () => null };

function changedFields({ before, after }: ProfileChange): string[] {
  const old = before?.fields ?? {};
  if (old === after.fields) return [];
  const names = new Set([...Object.keys(old), ...Object.keys(after.fields)]);
  return [...names].filter((name) => !sameJson(ownValue(old, name), ownValue(after.fields, name)));
}

function emailOf({ after }: ProfileChange): string | null {
  const email = ownValue(after.fields, 'email');
  return typeof email === 'string' ? email : null;
}

/**
 * The events that changes of profiles are told as: `profile_created`; `profile_updated` with the names of the fields in
 * `fields`, which are none where only subscriptions changed; and `subscribed`, `unsubscribed`, `complain`,
 * `hardbounced` with the subscription.
 */
export function changeEvents(
  changes: readonly ProfileChange[],
  { workflowId, customDataOf }: ChangeCause = NO_CAUSE,
): NewEvent[] {
  return changes.flatMap((change): NewEvent[] => {
    const { profileId, before, after } = change;
    if (before === after) return [];
    const shared = { profileId, email: emailOf(change), workflowId, customData: customDataOf(profileId) };
    const ofProfile = { ...shared, resourceId: null, subscription: null };
    const own: NewEvent =
      before === undefined
        ? { ...ofProfile, type: 'profile_created', data: {} }
        : { ...ofProfile, type: 'profile_updated', data: { fields: changedFields(change) } };
    const others = statusChangesOf(change).flatMap(({ subscription, event: type }): NewEvent[] => {
      if (type === undefined) return [];
      const { resource_id: resourceId, channel } = subscription;
      return [{ ...shared, type, resourceId, subscription, data: { resource_id: resourceId, channel } }];
    });
    return [own, ...others];
  });
}
