import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

interface ChunkBytes {
  readonly payload: Buffer;
  readonly result: Buffer;
}

/** A settled chunk, locked until the caller's transaction ends; undefined = it is gone. */
export async function lockSettledChunk(tx: Db, id: number): Promise<ChunkBytes | undefined> {
  const { rows } = await sql<ChunkBytes>`
    select payload, result from import_chunk where id = ${id}::bigint and result is not null for update
  `.execute(tx);
  return rows[0];
}

/** Puts other bytes into the place of those of a chunk that the caller holds. */
export async function rewriteChunk(tx: Db, id: number, { payload, result }: ChunkBytes): Promise<void> {
  await sql`
    update import_chunk set payload = ${payload}::bytea, result = ${result}::bytea where id = ${id}::bigint
  `.execute(tx);
}
