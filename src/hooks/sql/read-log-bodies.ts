import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The packed events of rows of the log, by the id of the row. */
export async function readLogBodies(db: Db, ids: readonly number[]): Promise<Map<number, Buffer>> {
  const { rows } = await sql<{ id: number; body: Buffer }>`
    select id, body from event_batch where id = any (${ids}::bigint[])
  `.execute(db);
  return new Map(rows.map(({ id, body }) => [id, body]));
}
