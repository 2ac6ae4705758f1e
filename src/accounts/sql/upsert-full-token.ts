import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Right } from '../rights.ts';

/** An existing token of that hash keeps its id and name, and gets every right and database back. */
export async function upsertFullToken(
  db: Db,
  token: { name: string; hash: Buffer; rights: readonly Right[]; now: Date },
): Promise<void> {
  await sql`
    insert into token (name, hash, rights, created_at)
    values (
      ${token.name}::text, ${token.hash}::bytea, ${[...token.rights]}::text[], ${token.now}::timestamptz
    )
    on conflict (hash) do update
    set rights = excluded.rights, database_ids = null, revoked_at = null
  `.execute(db);
}
