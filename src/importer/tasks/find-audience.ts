import { isJsonObject, type JsonObject, type JsonValue, type Outcome } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { findByFilter, type ProfileShape } from '../../profiles/index.ts';
import type { Filter } from '../../query/index.ts';

/** Profiles that one statement looks for. */
const PAGE = 5_000;

/** The ids of all profiles that meet the filter, a page at a time; ends with a failure when the filter takes too long. */
export async function* pageAudience(
  db: Db,
  shape: ProfileShape,
  filter: Filter,
): AsyncGenerator<Outcome<string[], string>> {
  let after: string | undefined;
  do {
    const ids = await findByFilter(db, shape, filter, after, PAGE);
    yield ids;
    after = !ids.ok || ids.value.length < PAGE ? undefined : ids.value.at(-1);
  } while (after !== undefined);
}

/** The item of the request for one profile of its audience. */
export function itemFor(item: JsonValue, profileId: string): JsonObject {
  return { ...(isJsonObject(item) ? item : {}), profile_id: profileId };
}
