import { sql } from 'kysely';
import type { EndedClaim } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';

export interface HostLoad {
  /** Calls to the host that any worker has under way; not those whose lease is over, nor those that are known to have ended. */
  readonly underWay: number;
  /** Workflows that are paused. */
  readonly pausedIds: readonly number[];
}

/**
 * What a claim for a host goes by. Paused workflows stay paused until the transaction ends: resuming one waits, and so
 * finds the calls that the claim has held because of it.
 */
export async function readHostLoad(
  tx: Db,
  { host, now, ended }: { readonly host: string; readonly now: Date; readonly ended: readonly EndedClaim[] },
): Promise<HostLoad> {
  const { rows } = await sql<{ under_way: number; paused_ids: number[] | null }>`
    with paused as (
      select id from workflow where paused_at is not null for share
    )
    select (select count(*) from api_call c
             where c.host = ${host}::text and c.claim_token is not null and c.due_at > ${now}::timestamptz
               and not exists (
                 select from unnest(${ended.map(({ id }) => id)}::text[], ${ended.map(({ token }) => token)}::uuid[])
                          as e(id, token)
                  where e.id = c.id and e.token = c.claim_token)) as under_way,
           (select array_agg(id) from paused) as paused_ids
  `.execute(tx);
  return { underWay: rows[0]?.under_way ?? 0, pausedIds: rows[0]?.paused_ids ?? [] };
}
