import { failure, type Outcome, slotOf } from '../base/index.ts';
import { type Db, withStatementLimit } from '../db/index.ts';
import { type Filter, type RequiredCondition, requiredConditions } from '../query/index.ts';
import { kinds, type ProfileShape } from './fields.ts';
import { matchText } from './identities.ts';
import { filterProfiles } from './sql/filter-profiles.ts';
import { type Candidates, findCandidates } from './sql/find-candidates.ts';
import { pageByFilter } from './sql/page-by-filter.ts';

/**
 * Where an index finds no more than so many identities, their profiles are judged alone. Beyond, reading all profiles in their
 * order costs no more, and a page can end anywhere.
 */
const MAX_CANDIDATES = 10_000;

const subscriptionKinds: Readonly<Record<string, number>> = {
  email: kinds.subscriptionEmail,
  phone: kinds.subscriptionPhone,
};

/** The kind of identity that is kept for whatever stands at the path. */
function kindAt(shape: ProfileShape, path: RequiredCondition['path']): number | undefined {
  const [name = '', inner = '', ...deeper] = path;
  if (deeper.length > 0) return undefined;
  if (name === 'subscriptions') return subscriptionKinds[inner];
  const field = inner === '' ? shape.fields.get(name) : undefined;
  // Of tags it is the whole set that is kept, and a filter asks for one of them.
  if (field === undefined || field.kind === null || !field.indexed || field.type === 'tags') return undefined;
  return field.kind;
}

/** Ranges of texts that are not in the order of their values, such as addresses, would be right too, and are rare. */
function candidatesOf(
  shape: ProfileShape,
  condition: RequiredCondition,
): { field: string; candidates: Candidates } | undefined {
  const kind = kindAt(shape, condition.path);
  if (kind === undefined) return undefined;
  const field = condition.path.join('.');
  if ('values' in condition) {
    // An empty value has no identity.
    if (condition.values.includes('')) return undefined;
    return { field, candidates: { kind, values: condition.values.map(matchText) } };
  }
  if (typeof condition.value === 'boolean') return undefined;
  return { field, candidates: { kind, operator: condition.operator, value: matchText(condition.value) } };
}

export interface Narrowed {
  /** The path in the filter whose index was used. */
  readonly field: string;
  readonly ids: readonly string[];
}

/** The profiles among which all that meet the filter are; undefined when no index says so, or they are too many. */
export async function narrow(db: Db, shape: ProfileShape, filter: Filter): Promise<Narrowed | undefined> {
  const found = requiredConditions(filter).flatMap((condition) => candidatesOf(shape, condition) ?? []);
  const values = found.filter(({ candidates }) => 'values' in candidates);
  const ranges = found.filter(({ candidates }) => !('values' in candidates));
  for (const { field, candidates } of [...values, ...ranges]) {
    const ids = await findCandidates(db, shape.database.id, candidates, MAX_CANDIDATES);
    if (ids !== undefined) return { field, ids };
  }
  return undefined;
}

function inOrder(left: string, right: string): number {
  return slotOf(left) - slotOf(right) || (left < right ? -1 : 1);
}

/** A filter that takes longer over one page of profiles is refused: it holds a connection, and locks, as long. */
const FILTER_LIMIT_MS = 30_000;
const FILTER_TOO_SLOW = `takes longer than ${FILTER_LIMIT_MS / 1000} s to look through the profiles; narrow it, or ask a match field`;

async function findIds(
  db: Db,
  shape: ProfileShape,
  filter: Filter,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const narrowed = await narrow(db, shape, filter);
  if (narrowed === undefined) return pageByFilter(db, shape.database.id, filter, after, limit);
  if (narrowed.ids.length === 0) return [];
  const met = await filterProfiles(db, shape.database.id, narrowed.ids, filter);
  const rest = after === undefined ? [...met] : [...met].filter((id) => inOrder(after, id) < 0);
  return rest.sort(inOrder).slice(0, limit);
}

/**
 * The ids of the profiles that meet the filter, after the profile `after`, in order of slot and id, at most `limit`. By
 * the identities of match fields, of e-mail and phones and of subscriptions, where the filter asks for such a value or,
 * of numbers and dates, for a range; else every profile of the database is read.
 * @returns a failure, the part of a sentence after the name of the filter, when a statement takes too long.
 */
export async function findByFilter(
  db: Db,
  shape: ProfileShape,
  filter: Filter,
  after: string | undefined,
  limit: number,
  limitMs: number = FILTER_LIMIT_MS,
): Promise<Outcome<string[], string>> {
  const found = await withStatementLimit(db, limitMs, (tx) => findIds(tx, shape, filter, after, limit));
  return found.ok ? found : failure(FILTER_TOO_SLOW);
}
