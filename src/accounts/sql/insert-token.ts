import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Right } from '../rights.ts';
import { type ListedToken, type TokenRow, toListedToken } from './select-tokens.ts';

export async function insertToken(
  db: Db,
  token: {
    name: string;
    hash: Buffer;
    rights: readonly Right[];
    databaseIds: readonly number[] | null;
    now: Date;
  },
): Promise<ListedToken> {
  const { rows } = await sql<TokenRow>`
    insert into token (name, hash, rights, database_ids, created_at)
    values (
      ${token.name}::text, ${token.hash}::bytea, ${[...token.rights]}::text[],
      ${token.databaseIds === null ? null : [...token.databaseIds]}::integer[], ${token.now}::timestamptz
    )
    returning id, name, rights, database_ids, created_at, revoked_at
  `.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('the insert of a token returned no row');
  return toListedToken(row);
}
