import type { RowError, SkippedSubscription } from '../../profiles/index.ts';

/** What became of one item, as callers read it. */
export type ItemResult = {
  /** The item of the parent task that this one tries again; absent = there is no parent. */
  readonly parent_item?: number;
} & (
  | {
      readonly profile_id: string;
      /** Subscriptions that were left out because they are invalid; absent = none. */
      readonly skipped_subscriptions?: readonly SkippedSubscription[];
    }
  | { readonly error: number; readonly error_text: string; readonly field?: string }
);

export function toItemResult(
  row: { readonly parentItem?: number } & (
    | { readonly profileId: string; readonly skipped?: readonly SkippedSubscription[] }
    | { readonly fault: RowError }
  ),
): ItemResult {
  const parent = row.parentItem === undefined ? {} : { parent_item: row.parentItem };
  if ('fault' in row) {
    const { code, text, field } = row.fault;
    return { error: code, error_text: text, ...(field === undefined ? {} : { field }), ...parent };
  }
  const { profileId, skipped = [] } = row;
  const omitted = skipped.length === 0 ? {} : { skipped_subscriptions: skipped };
  return { profile_id: profileId, ...omitted, ...parent };
}
