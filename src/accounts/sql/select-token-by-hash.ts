import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { knownRights, type Token } from '../rights.ts';

interface Row {
  id: number;
  name: string;
  rights: string[];
  database_ids: number[] | null;
}

export async function selectTokenByHash(db: Db, hash: Buffer): Promise<Token | undefined> {
  const { rows } = await sql<Row>`
    select id, name, rights, database_ids
    from token
    where hash = ${hash}::bytea and revoked_at is null
  `.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  return { id: row.id, name: row.name, rights: knownRights(row.rights), databaseIds: row.database_ids };
}
