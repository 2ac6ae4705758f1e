import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import type { Db } from '../../src/db/index.ts';
import type { NewEvent } from '../../src/hooks/index.ts';

const inflate = promisify(inflateRaw);

interface Row {
  type: string;
  workflow_id: number | null;
  resource_id: number | null;
  body: Buffer;
}

type Stored = [
  profileId: string,
  email: string | null,
  data: JsonObject,
  JsonObject | null,
  JsonObject | null,
];

/** What stands in the log of events, by its rows: the events of one type, workflow and resource of a call are together. */
export async function readWrittenEvents(db: Db): Promise<NewEvent[]> {
  const { rows } = await sql<Row>`
    select type, workflow_id, resource_id, body from event_batch order by id`.execute(db);
  const lists = await Promise.all(
    rows.map(async ({ type, workflow_id: workflowId, resource_id: resourceId, body }) => {
      const stored: Stored[] = JSON.parse((await inflate(body)).toString());
      return stored.map(([profileId, email, data, customData, subscription]): NewEvent => {
        return { type, profileId, email, workflowId, resourceId, data, customData, subscription };
      });
    }),
  );
  return lists.flat();
}

/** Forgets them, so that the next look tells only what has come since. */
export async function clearWrittenEvents(db: Db): Promise<void> {
  await sql`truncate event_batch`.execute(db);
}
