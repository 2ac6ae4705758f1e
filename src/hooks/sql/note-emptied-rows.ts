import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { ForgottenProfile } from './find-forgotten-rows.ts';

/** Notes that the rows of these profiles were emptied, but for those that were erased again since `begun`. */
export async function noteEmptiedRows(
  db: Db,
  profiles: readonly ForgottenProfile[],
  begun: Date,
  now: Date,
): Promise<void> {
  await sql`
    update forgotten_profile f
       set rows_emptied_at = ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(profiles)}::json) as p("profileId" text, "databaseId" int)
     where f.profile_id = p."profileId" and f.database_id = p."databaseId" and f.forgotten_at <= ${begun}::timestamptz
  `.execute(db);
}
