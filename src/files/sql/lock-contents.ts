import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The contents of those hashes, kept from deletion until the transaction ends: their id by the hash in hex. */
export async function lockContents(tx: Db, hashes: readonly Buffer[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; hash: Buffer }>`
    select id, hash from file_content where hash = any (${[...hashes]}::bytea[]) order by hash for key share
  `.execute(tx);
  return new Map(rows.map(({ id, hash }) => [hash.toString('hex'), id]));
}
