import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { knownRights, type Token } from '../rights.ts';

/** A token as an administrator sees it. */
export interface ListedToken extends Token {
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface TokenRow {
  id: number;
  name: string;
  rights: string[];
  database_ids: number[] | null;
  created_at: Date;
  revoked_at: Date | null;
}

export function toListedToken(row: TokenRow): ListedToken {
  return {
    id: row.id,
    name: row.name,
    rights: knownRights(row.rights),
    databaseIds: row.database_ids,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}

export async function selectTokens(db: Db): Promise<ListedToken[]> {
  const { rows } = await sql<TokenRow>`
    select id, name, rights, database_ids, created_at, revoked_at
    from token
    order by id
  `.execute(db);
  return rows.map(toListedToken);
}
