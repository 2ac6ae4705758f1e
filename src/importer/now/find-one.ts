import { invalidRequest, type JsonObject, laneOf, MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import {
  findByFilter,
  getProfiles,
  isFoundBy,
  LANE_COUNT,
  lockProfiles,
  type MatchKey,
  matchProfiles,
  type ProfileShape,
  type StoredProfile,
  WIDE_LANE,
} from '../../profiles/index.ts';
import type { Filter } from '../../query/index.ts';
import type { ImportRules } from '../requests/import-rules.ts';
import { type Authorize, type PreparedImport, prepareImport } from '../requests/prepare-import.ts';
import { matchItem } from '../rows/match-item.ts';
import { keyOfFilter } from '../rows/parse-row.ts';
import { ORDINARY_LANES } from '../sql/claim-lanes.ts';
import { lockLanes } from '../sql/lock-lanes.ts';

/** Enough to tell that several match, also when some of them lose the value at this moment. */
const MATCH_LIMIT = 10;

/** Whom a request for one profile means. */
interface Search {
  /** The key of the request that messages name. */
  readonly keyName: string;
  readonly by: { readonly key: MatchKey } | { readonly filter: Filter };
}

export interface FoundProfile {
  readonly shape: ProfileShape;
  readonly profile: StoredProfile;
}

/** The values to match by stand at the root: there is no item that could have any. */
const NO_ITEM = { outer: {}, data: {} };

function searchOf({ request, shape }: PreparedImport): Search {
  const { audience, envelope } = request;
  if (audience !== undefined) {
    const key = keyOfFilter(shape, audience)?.key;
    return { keyName: 'custom_request', by: key === undefined ? { filter: audience } : { key } };
  }
  const match = matchItem(shape, envelope, envelope.matching ?? 'email', NO_ITEM);
  if (match.ok) return { keyName: match.value.keyName, by: { key: match.value.key } };
  const { code, text, field } = match.error;
  throw new MusterError(code, { detail: text, ...(field === undefined ? {} : { field }) });
}

/** What is read of the profiles with these ids, by id. */
type ReadProfiles = (
  db: Db,
  databaseId: number,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, StoredProfile>>;

/** The profiles that match, at most a few, judged by what was read of them. */
async function findMatches(
  db: Db,
  shape: ProfileShape,
  { by }: Search,
  read: ReadProfiles,
): Promise<StoredProfile[]> {
  const databaseId = shape.database.id;
  if ('filter' in by) {
    const ids = await findByFilter(db, shape, by.filter, undefined, 2);
    if (!ids.ok) throw invalidRequest('custom_request', ids.error);
    return [...(await read(db, databaseId, ids.value)).values()];
  }
  const { lookups } = by.key;
  const found = await matchProfiles(db, databaseId, lookups, MATCH_LIMIT);
  const profiles = await read(db, databaseId, [...new Set([...found.values()].flat())]);
  return [...profiles.values()].filter((profile) =>
    lookups.some((lookup) => isFoundBy(shape, profile.id, profile, lookup)),
  );
}

/** @throws {MusterError} 404 when nobody matches, 409 when several do. */
async function findOnly(
  db: Db,
  shape: ProfileShape,
  search: Search,
  read: ReadProfiles,
): Promise<StoredProfile> {
  const { keyName } = search;
  const [profile, ...others] = await findMatches(db, shape, search, read);
  if (others.length > 0) {
    throw new MusterError(409, { field: keyName, detail: `${keyName}: several profiles match` });
  }
  if (profile !== undefined) return profile;
  throw new MusterError(404, { field: keyName, detail: `${keyName}: there is no such profile` });
}

/**
 * The one profile that a request means by its matching or `custom_request`, read without a lock.
 * @throws {MusterError} 400, 403 or 404 when the request is refused; 404 when nobody matches, 409 when several do.
 */
export async function findOneProfile(
  db: Db,
  body: JsonObject,
  rules: ImportRules,
  authorize: Authorize,
): Promise<FoundProfile> {
  const prepared = await prepareImport(db, body, rules, 1, authorize);
  const { shape } = prepared;
  return { shape, profile: await findOnly(db, shape, searchOf(prepared), getProfiles) };
}

function lanesOf({ by }: Search): readonly number[] {
  const text = 'key' in by ? by.key.lane : null;
  return text === null ? [...ORDINARY_LANES, WIDE_LANE] : [laneOf(text, LANE_COUNT)];
}

/**
 * The same, locked until the caller's transaction ends, with the lanes of the key: what the importer has under way for
 * it is done before, and what waits for it comes after.
 */
export async function lockOneProfile(tx: Db, prepared: PreparedImport): Promise<StoredProfile> {
  const { shape } = prepared;
  const search = searchOf(prepared);
  await lockLanes(tx, shape.database.id, lanesOf(search));
  return findOnly(tx, shape, search, lockProfiles);
}
