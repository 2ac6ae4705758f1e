import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** The hook, locked until the caller's transaction ends; undefined = there is none. */
export async function lockHook(tx: Db, id: number): Promise<Hook | undefined> {
  const { rows } = await sql<HookRow>`
    select ${hookColumns} from hook h where h.id = ${id}::int for no key update
  `.execute(tx);
  const [row] = rows;
  return row === undefined ? undefined : toHook(row);
}
