import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** The hooks with these ids, or all when `ids` is null, in order of id. */
export async function selectHooks(db: Db, ids: readonly number[] | null): Promise<Hook[]> {
  const { rows } = await sql<HookRow>`
    select ${hookColumns} from hook h where ${ids}::int[] is null or h.id = any (${ids}::int[]) order by h.id
  `.execute(db);
  return rows.map(toHook);
}
