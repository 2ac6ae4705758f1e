import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Gives builds that were declared, or turned round, since the last look a transaction id that is later than that of
 * everyone who could have read the fields before: whoever did so had its own id before it read, and the declaration,
 * which this statement sees, was not committed then. The id of the declaring transaction itself would not do, since
 * another may get its id after it and read the fields before it commits.
 */
export async function fenceBuilds(db: Db): Promise<void> {
  await sql`
    update field_build
       set fence_xid = pg_current_xact_id()
     where fence_xid is null and due_at is not null
  `.execute(db);
}
