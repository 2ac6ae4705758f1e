import type { RowError, SkippedSubscription } from '../profiles/index.ts';

/** What became of one item, as callers read it. */
export type ItemResult =
  | {
      readonly profile_id: string;
      /** Subscriptions that were left out because they are invalid; absent = none. */
      readonly skipped_subscriptions?: readonly SkippedSubscription[];
    }
  | { readonly error: number; readonly error_text: string; readonly field?: string };

export function toItemResult(
  row:
    | { readonly profileId: string; readonly skipped?: readonly SkippedSubscription[] }
    | { readonly fault: RowError },
): ItemResult {
  if ('fault' in row) {
    const { code, text, field } = row.fault;
    return { error: code, error_text: text, ...(field === undefined ? {} : { field }) };
  }
  const { profileId, skipped = [] } = row;
  return { profile_id: profileId, ...(skipped.length === 0 ? {} : { skipped_subscriptions: skipped }) };
}
