import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { meetsFilter } from '../../profiles/index.ts';
import type { Filter } from '../../query/index.ts';

/** The number of profiles of a database that meet the filter; looks at every one of them. */
export async function countMatching(db: Db, databaseId: number, filter: Filter): Promise<number> {
  const { rows } = await sql<{ members: number }>`
    select count(*) as members
      from profile p
     where p.database_id = ${databaseId}::int and ${meetsFilter(filter)}
  `.execute(db);
  return rows[0]?.members ?? 0;
}
