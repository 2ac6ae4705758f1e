import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type BuildOrder, firstTable } from '../field-builds.ts';

/** Gives a build that has not ended another order: it begins anew, after the transactions that are open now. */
export async function redirectBuild(tx: Db, id: number, order: BuildOrder, now: Date): Promise<void> {
  await sql`
    update field_build
       set what = ${order.what}::text, state = ${order.state}::text, fault = ${order.fault}::text,
           fence_xid = null, cursor_table = ${firstTable(order)}::text, cursor_slot = 0, cursor_value = '',
           cursor_id = '', done = 0, total = null, attempts = 0, started_at = null, claim_token = null, due_at = ${now}::timestamptz
     where id = ${id}::int
  `.execute(tx);
}
