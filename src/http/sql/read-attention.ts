import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface AttentionFigures {
  readonly parkedCalls: number;
  readonly failedItems: number;
  readonly stoppedHooks: readonly { readonly id: number; readonly name: string; readonly reason: string }[];
  readonly parkedDeliveries: readonly {
    readonly id: number;
    readonly name: string;
    readonly count: number;
  }[];
  readonly pausedWorkflows: readonly { readonly id: number; readonly name: string; readonly since: string }[];
}

/** What waits for a person, or went wrong since `from`. Each part by the index of what is not in order. */
export async function readAttention(
  db: Db,
  from: Date,
  databaseIds: readonly number[] | null,
): Promise<AttentionFigures> {
  const { rows } = await sql<AttentionFigures>`
    select (select count(*) from api_call where status = 'unknown' and settled_at is null)
             as "parkedCalls",
           t.items as "failedItems",
           coalesce((select json_agg(json_build_object('id', id, 'name', name, 'reason', inactive_reason))
                       from hook where not is_active and inactive_reason is not null), '[]') as "stoppedHooks",
           coalesce((select json_agg(json_build_object('id', h.id, 'name', h.name, 'count', d.count))
                       from (select hook_id, count(*) as count from hook_delivery
                              where status = 'parked' group by hook_id) d
                       join hook h on h.id = d.hook_id), '[]') as "parkedDeliveries",
           coalesce((select json_agg(json_build_object('id', id, 'name', name, 'since', paused_at))
                       from workflow
                      where paused_at is not null
                        and (${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[]))), '[]')
             as "pausedWorkflows"
      from (select coalesce(sum(invalid + ambiguous + not_found), 0)::bigint as items
              from task
             where accepted_at >= ${from}::timestamptz and invalid + ambiguous + not_found > 0
               and (${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[]))) t
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a select without a condition has no row');
  return row;
}
