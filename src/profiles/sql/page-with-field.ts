import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../field-builds.ts';

export interface PagedProfile {
  readonly slot: number;
  readonly id: string;
  /** Whether it has a value of the field. */
  readonly has: boolean;
}

/** The next `limit` profiles after the cursor in order of the primary key, read without a lock. */
export async function pageWithField(
  db: Db,
  databaseId: number,
  field: string,
  after: Cursor,
  limit: number,
): Promise<PagedProfile[]> {
  const { rows } = await sql<PagedProfile>`
    select p.slot, p.id, p.has
      from generate_series(${after.slot}::int, 63) as s(slot)
     cross join lateral (
       select slot, id, fields ? ${field}::text as has
         from profile
        where profile.slot = s.slot::smallint
          and database_id = ${databaseId}::int
          and id > case when s.slot = ${after.slot}::int then ${after.id}::text else '' end
        order by id
        limit ${limit}::int
     ) p
     limit ${limit}::int
  `.execute(db);
  return rows;
}
