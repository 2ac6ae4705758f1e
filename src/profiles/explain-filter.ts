import { type Db, withStatementLimit } from '../db/index.ts';
import { type Filter, firstNames } from '../query/index.ts';
import type { ProfileShape } from './fields.ts';
import { type Narrowed, narrow } from './find-by-filter.ts';
import { planWords } from './plan-words.ts';
import { countProfiles } from './sql/count-profiles.ts';
import { explainStatement } from './sql/explain-statement.ts';
import { countMatching } from './sql/matching-profiles.ts';
import { sampleFilter } from './sql/sample-filter.ts';

/** Profiles that are judged to see how long one takes. */
const SAMPLE_ROWS = 5_000;
/** A count that would take longer is a guess. */
const COUNT_LIMIT_MS = 5_000;

export interface NamedField {
  readonly name: string;
  /** `unknown` = the database has no such field, so that no profile has a value in it. */
  readonly type: string;
  /** Whether an index of the field is complete, so that values and ranges may be found by it. */
  readonly indexed: boolean;
}

export interface FilterExplanation {
  readonly fields: readonly NamedField[];
  /** The fields by whose index profiles are found; none = all profiles are read. */
  readonly indexes: readonly string[];
  /** Profiles that an index leaves to be judged; null = all. */
  readonly candidates: number | null;
  readonly total: number;
  /** Profiles that meet the filter. */
  readonly count: number;
  /** False = reckoned from a sample. */
  readonly isExact: boolean;
  /** What a whole look through the profiles takes, as far as could be seen. */
  readonly seconds: number;
  /** What PostgreSQL would do, step by step. */
  readonly plan: readonly string[];
}

/** What filters may name beside fields. */
const computed: Readonly<Record<string, string>> = {
  _id: 'id',
  _createtime: 'datetime',
  _updatetime: 'datetime',
  _emaildomain: 'string',
  subscriptions: 'objects',
  segments: 'list of int',
};

function describeFields(shape: ProfileShape, filter: Filter): NamedField[] {
  return [...firstNames(filter)].map((name) => {
    const field = shape.fields.get(name);
    // Of tags the whole set is kept, and a filter asks for one of them.
    const indexed = field !== undefined && field.kind !== null && field.indexed && field.type !== 'tags';
    return { name, type: field?.type ?? computed[name] ?? 'unknown', indexed };
  });
}

type Counted = Pick<FilterExplanation, 'count' | 'isExact' | 'seconds'>;

async function countAll(db: Db, databaseId: number, filter: Filter, total: number): Promise<Counted> {
  const begunAt = performance.now();
  const sampled = await withStatementLimit(db, COUNT_LIMIT_MS, (tx) =>
    sampleFilter(tx, databaseId, filter, SAMPLE_ROWS),
  );
  const sampleSeconds = (performance.now() - begunAt) / 1000;
  // Not even the sample could be judged in time: that much is known.
  if (!sampled.ok) return { count: 0, isExact: false, seconds: (sampleSeconds * total) / SAMPLE_ROWS };
  const { seen, met } = sampled.value;
  if (seen < SAMPLE_ROWS) return { count: met, isExact: true, seconds: sampleSeconds };
  const guess = { count: Math.round((met * total) / seen), isExact: false };
  const guessSeconds = (sampleSeconds * total) / seen;
  if (guessSeconds * 1000 > COUNT_LIMIT_MS) return { ...guess, seconds: guessSeconds };
  const countedAt = performance.now();
  const counted = await withStatementLimit(db, COUNT_LIMIT_MS, (tx) =>
    countMatching(databaseId, filter, undefined).execute(tx),
  );
  if (!counted.ok) return { ...guess, seconds: Math.max(guessSeconds, COUNT_LIMIT_MS / 1000) };
  const count = counted.value.rows[0]?.count ?? 0;
  return { count, isExact: true, seconds: (performance.now() - countedAt) / 1000 };
}

async function countAmong(db: Db, databaseId: number, filter: Filter, { ids }: Narrowed): Promise<Counted> {
  const begunAt = performance.now();
  const counted = await withStatementLimit(db, COUNT_LIMIT_MS, (tx) =>
    countMatching(databaseId, filter, ids).execute(tx),
  );
  const seconds = (performance.now() - begunAt) / 1000;
  return counted.ok
    ? { count: counted.value.rows[0]?.count ?? 0, isExact: true, seconds }
    : { count: ids.length, isExact: false, seconds };
}

/**
 * How a filter finds its profiles: by which index or none, how many they are, how long it takes. Looks as `findByFilter`
 * does. Statements of some seconds at most; nothing in the answer is of a profile but their number.
 */
export async function explainFilter(db: Db, shape: ProfileShape, filter: Filter): Promise<FilterExplanation> {
  const databaseId = shape.database.id;
  const narrowed = await narrow(db, shape, filter);
  const total = await countProfiles(db, databaseId);
  const plan = planWords(await explainStatement(db, countMatching(databaseId, filter, narrowed?.ids)));
  const counted =
    narrowed === undefined
      ? await countAll(db, databaseId, filter, total)
      : await countAmong(db, databaseId, filter, narrowed);
  return {
    fields: describeFields(shape, filter),
    indexes: narrowed === undefined ? [] : [narrowed.field],
    candidates: narrowed?.ids.length ?? null,
    total,
    ...counted,
    plan,
  };
}
