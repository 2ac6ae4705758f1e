import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Stores the fingerprint if none is stored yet, and returns the one that is; of two at once, the first one's. At a
 * start alone, so the write that changes nothing costs nothing.
 */
export async function keepFingerprint(db: Db, fingerprint: string, now: Date): Promise<string> {
  const { rows } = await sql<{ fingerprint: string }>`
    insert into vault_key as k (id, fingerprint, stored_at)
    values (1, ${fingerprint}::text, ${now}::timestamptz)
    on conflict (id) do update set fingerprint = k.fingerprint
    returning fingerprint
  `.execute(db);
  return rows[0]?.fingerprint ?? fingerprint;
}
