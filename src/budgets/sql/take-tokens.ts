import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Takes tokens out of the bucket. A budget without a rate is not written. The caller holds its lock. */
export async function takeTokens(tx: Db, key: string, taken: number, now: Date): Promise<void> {
  await sql`
    update budget set tokens = tokens - ${taken}::int, updated_at = ${now}::timestamptz
     where key = ${key}::text and tokens is not null
  `.execute(tx);
}
