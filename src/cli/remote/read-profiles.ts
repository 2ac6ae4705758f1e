import { type JsonObject, ownValue } from '../../base/index.ts';
import { objectsIn } from './read-answer.ts';
import type { ServerClient } from './server-client.ts';

const PAGE = 1_000;

export interface ProfileQuery {
  readonly databaseId: number;
  readonly filter: JsonObject | undefined;
  /** Undefined = all. */
  readonly limit: number | undefined;
}

/** Profiles of a database in the order of their ids, a page at a time: what is new meanwhile moves none of them. */
export async function* readProfiles(
  client: ServerClient,
  { databaseId, filter, limit }: ProfileQuery,
): AsyncGenerator<JsonObject[]> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let after: string | undefined;
  while (left > 0) {
    const query = new URLSearchParams({
      database_id: String(databaseId),
      limit: String(Math.min(PAGE, left)),
      ...(filter === undefined ? {} : { filter: JSON.stringify(filter) }),
      ...(after === undefined ? {} : { after }),
    });
    const page = await client.admin('GET', `/profiles?${query}`);
    const profiles = objectsIn(page, 'data');
    if (profiles.length > 0) yield profiles;
    left -= profiles.length;
    const next = ownValue(page, 'next_after');
    if (typeof next !== 'string') return;
    after = next;
  }
}
