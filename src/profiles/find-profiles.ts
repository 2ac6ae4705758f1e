import { invalidRequest, isObjectId } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { Filter } from '../query/index.ts';
import type { ProfileShape } from './fields.ts';
import { findByFilter } from './find-by-filter.ts';
import { matchKeyOfField, matchKeyOfId, matchProfiles } from './match-profiles.ts';
import { pageProfiles } from './sql/page-profiles.ts';
import { type StoredProfile, selectProfiles } from './sql/select-profiles.ts';

export async function getProfile(db: Db, databaseId: number, id: string): Promise<StoredProfile | undefined> {
  const [profile] = await selectProfiles(db, databaseId, [id]);
  return profile;
}

/** The profiles with these ids, those that exist, by id; read without a lock. */
export async function getProfiles(
  db: Db,
  databaseId: number,
  ids: readonly string[],
): Promise<Map<string, StoredProfile>> {
  if (ids.length === 0) return new Map();
  const profiles = await selectProfiles(db, databaseId, ids);
  return new Map(profiles.map((profile) => [profile.id, profile]));
}

export interface ProfileSearch {
  /** `id` or the name of a field; absent = all profiles. */
  readonly by?: { readonly field: string; readonly value: string };
  /** What profiles must meet, in place of `by`. */
  readonly filter?: Filter;
  /** The `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** @throws {MusterError} 400 when the filter takes too long. */
async function readFiltered(
  db: Db,
  shape: ProfileShape,
  filter: Filter,
  after: string | undefined,
  limit: number,
): Promise<StoredProfile[]> {
  const ids = await findByFilter(db, shape, filter, after, limit);
  if (!ids.ok) throw invalidRequest('filter', ids.error);
  const profiles = await getProfiles(db, shape.database.id, ids.value);
  return ids.value.flatMap((id) => profiles.get(id) ?? []);
}

/**
 * One page of the profiles that have a value, that meet a filter, or of all. A search by value answers the first `limit` and has no next
 * page; the others come in the order of the primary key.
 * @throws {MusterError} 400 when the field is unknown or the value does not fit it.
 */
export async function searchProfiles(
  db: Db,
  shape: ProfileShape,
  search: ProfileSearch,
): Promise<{ profiles: StoredProfile[]; next?: string }> {
  const databaseId = shape.database.id;
  if (search.by !== undefined) {
    const { field: name, value } = search.by;
    const field = shape.fields.get(name);
    if (field === undefined && name !== 'id') throw invalidRequest('field', 'the database has no such field');
    const key = field === undefined ? matchKeyOfId(value) : matchKeyOfField(shape, field, value);
    if (!key.ok) throw invalidRequest('value', key.error);
    const found = await matchProfiles(db, databaseId, key.value.lookups, search.limit);
    const ids = [...new Set([...found.values()].flat())];
    const profiles = [...(await getProfiles(db, databaseId, ids)).values()];
    return { profiles: profiles.sort((left, right) => (left.id < right.id ? -1 : 1)) };
  }
  if (search.after !== undefined && !isObjectId(search.after)) {
    throw invalidRequest('after', 'expected the value of next in the page before');
  }
  const { filter, after, limit } = search;
  const profiles =
    filter === undefined
      ? await pageProfiles(db, databaseId, after, limit + 1)
      : await readFiltered(db, shape, filter, after, limit + 1);
  if (profiles.length <= search.limit) return { profiles };
  const page = profiles.slice(0, search.limit);
  const last = page.at(-1);
  return last === undefined ? { profiles: page } : { profiles: page, next: last.id };
}
