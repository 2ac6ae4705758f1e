import { sql } from 'kysely';
import type { EndedClaim } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';

/** How many deliveries of a hook any worker has under way; not those whose lease is over, nor those known to have ended. */
export async function countClaimed(
  db: Db,
  hookId: number,
  now: Date,
  ended: readonly EndedClaim[],
): Promise<number> {
  const { rows } = await sql<{ claimed: number }>`
    select count(*) as claimed
      from hook_delivery d
     where hook_id = ${hookId}::int and status = 'queued' and claim_token is not null
       and due_at > ${now}::timestamptz
       and not exists (
         select from unnest(${ended.map(({ id }) => id)}::uuid[], ${ended.map(({ token }) => token)}::uuid[])
                  as e(id, token)
          where e.id = d.id and e.token = d.claim_token)
  `.execute(db);
  return rows[0]?.claimed ?? 0;
}
