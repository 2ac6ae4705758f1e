/** Contacts that get no messages, whatever their subscriptions say. */
export interface SuppressionList {
  readonly id: number;
  readonly name: string;
  /** The databases that it counts for; null = every one, also those made later. */
  readonly databaseIds: readonly number[] | null;
  readonly createdAt: Date;
}

export const entryKinds = ['email', 'domain', 'phone'] as const;
export type EntryKind = (typeof entryKinds)[number];

export interface SuppressionEntry {
  readonly kind: EntryKind;
  /** Normalised: the form in which profiles and subscriptions keep it. */
  readonly value: string;
  readonly reason: string | null;
  readonly createdAt: Date;
}
