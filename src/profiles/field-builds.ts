/**
 * `running` fills identities or unique values from profiles; `clearing` deletes what is no longer needed, and becomes
 * `failed` where there is a fault, else `removed`.
 */
export const buildStates = ['running', 'clearing', 'done', 'failed', 'removed'] as const;
export type BuildState = (typeof buildStates)[number];

/** The place of the last row of a step. */
export interface Cursor {
  readonly table: 'profile' | 'unique_value' | 'identity';
  readonly slot: number;
  /** Empty while profiles are walked through. */
  readonly value: string;
  /** Of the profile. */
  readonly id: string;
}

/** What a build is told to do. */
export interface BuildOrder {
  /** `unique` fills the identities too where they are not complete. */
  readonly what: 'match' | 'unique';
  readonly state: 'running' | 'clearing';
  /** Why it is undone; null = by order. */
  readonly fault: string | null;
}

/** Work in the background that a declaration has caused: its row is the order, the progress and the history. */
export interface FieldBuild {
  readonly id: number;
  readonly databaseId: number;
  /** Null = the e-mail address, that no two profiles may share. */
  readonly fieldId: number | null;
  readonly field: string;
  readonly what: BuildOrder['what'];
  readonly state: BuildState;
  /** Profiles that were looked at; rows that were deleted while clearing. */
  readonly done: number;
  /** Profiles that there were when it began, where they are what it goes through. */
  readonly total: number | null;
  readonly fault: string | null;
  /** Claims since the last step, this one included. */
  readonly attempts: number;
  readonly cursor: Cursor;
  readonly declaredAt: Date;
  /** Its first claim; null = it waits, for its turn or for transactions older than its declaration. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Unique values are cleared before identities. */
export function firstTable({ state }: BuildOrder): Cursor['table'] {
  return state === 'running' ? 'profile' : 'unique_value';
}

/**
 * Rows a second so far and, while profiles are filled from, the seconds that the rest takes at that rate; null where
 * that cannot be said.
 */
export function paceOf(
  build: FieldBuild,
  now: Date,
): { rowsPerSecond: number | null; secondsLeft: number | null } {
  const { startedAt, finishedAt, done, total } = build;
  if (startedAt === null || done === 0) return { rowsPerSecond: null, secondsLeft: null };
  // At least a millisecond, so that a rate is never infinite.
  const milliseconds = Math.max(1, (finishedAt ?? now).getTime() - startedAt.getTime());
  const rate = (done * 1000) / milliseconds;
  const left =
    finishedAt !== null ? 0 : build.state === 'running' && total !== null ? (total - done) / rate : null;
  return {
    rowsPerSecond: Math.round(rate * 10) / 10,
    secondsLeft: left === null ? null : Math.round(left * 10) / 10,
  };
}
