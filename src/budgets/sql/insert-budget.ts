import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Makes a budget without limits of its own, unless it is there. */
export async function insertBudget(tx: Db, key: string, now: Date): Promise<void> {
  await sql`
    insert into budget (key, refilled_at, updated_at)
    values (${key}::text, ${now}::timestamptz, ${now}::timestamptz)
    on conflict (key) do nothing
  `.execute(tx);
}
