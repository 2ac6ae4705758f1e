import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Right } from '../rights.ts';

/**
 * Inserts only into an empty table. Two processes that start on a new database at the same moment may each make one;
 * both are printed and both are good.
 * @returns whether it was inserted.
 */
export async function insertFirstToken(
  db: Db,
  token: { name: string; hash: Buffer; rights: readonly Right[]; now: Date },
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    insert into token (name, hash, rights, created_at)
    select ${token.name}::text, ${token.hash}::bytea, ${[...token.rights]}::text[], ${token.now}::timestamptz
    where not exists (select 1 from token)
    returning id
  `.execute(db);
  return rows.length > 0;
}
