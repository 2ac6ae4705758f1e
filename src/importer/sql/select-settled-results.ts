import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The results of the chunks of some databases behind the chunk `after`, in order of their ids, at most `limit`. */
export async function selectSettledResults(
  db: Db,
  databaseIds: readonly number[],
  after: number,
  limit: number,
): Promise<{ id: number; result: Buffer }[]> {
  const { rows } = await sql<{ id: number; result: Buffer }>`
    select id, result
      from import_chunk
     where id > ${after}::bigint and database_id = any (${[...databaseIds]}::int[]) and result is not null
     order by id
     limit ${limit}::int
  `.execute(db);
  return rows;
}
