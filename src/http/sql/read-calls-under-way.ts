import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many API calls to each host some worker has under way; hosts that have none are left out. Reads an index of these alone. */
export async function readCallsUnderWay(db: Db, now: Date): Promise<Map<string, number>> {
  const { rows } = await sql<{ host: string; calls: number }>`
    select host, count(*) as calls
      from api_call
     where claim_token is not null and due_at > ${now}::timestamptz
     group by host
  `.execute(db);
  return new Map(rows.map((row) => [row.host, row.calls]));
}
