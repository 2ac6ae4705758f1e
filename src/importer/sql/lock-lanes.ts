import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Keeps the importer off these lanes until the caller's transaction ends, and waits for what it has under way there. In
 * order, so that two who lock several wait for each other instead of deadlocking.
 */
export async function lockLanes(tx: Db, databaseId: number, lanes: readonly number[]): Promise<void> {
  await sql`
    select lane
      from import_lane
     where database_id = ${databaseId}::int and lane = any (${lanes}::smallint[])
     order by lane
       for update
  `.execute(tx);
}
