import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { SenderWrite } from './insert-sender.ts';

/** `updated_at` rises by a millisecond at least, also where two changes fall into one or clocks differ. */
export async function updateSenderRow(tx: Db, id: number, sender: SenderWrite): Promise<void> {
  await sql`
    update sender
       set name = ${sender.name}::text,
           settings = ${JSON.stringify(sender.settings)}::jsonb,
           secrets = ${sender.secrets}::text,
           updated_at = greatest(${sender.now}::timestamptz, updated_at + interval '1 millisecond')
     where id = ${id}::int`.execute(tx);
}
