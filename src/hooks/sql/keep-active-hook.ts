import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** The hook, which is not deleted before the caller's transaction ends; undefined = there is no active one. */
export async function keepActiveHook(tx: Db, id: number): Promise<Hook | undefined> {
  const { rows } = await sql<HookRow>`
    select ${hookColumns} from hook h where h.id = ${id}::int and h.is_active for key share
  `.execute(tx);
  const [row] = rows;
  return row === undefined ? undefined : toHook(row);
}
