import type { JsonValue } from '../base/index.ts';

/**
 * What happens when a profile is sent into a workflow again: `never` = it enters once; `not_inside` = not while it is
 * inside; `restart` = the run inside is ended and a new one begins; `each` = every time, side by side.
 */
export const reentryModes = ['never', 'not_inside', 'restart', 'each'] as const;
export type Reentry = (typeof reentryModes)[number];

export interface Workflow {
  readonly id: number;
  readonly name: string;
  readonly databaseId: number;
  readonly reentry: Reentry;
  /** The draft, as it was saved. Runs follow the published versions instead. */
  readonly definition: JsonValue;
  readonly active: boolean;
  /** Since when its runs wait; null = they go on. */
  readonly pausedAt: Date | null;
  /** The version that new runs follow; null = never published. */
  readonly publishedVersion: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
