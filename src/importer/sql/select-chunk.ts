import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface StoredChunk {
  /** 0 = it stands for an audience that is to be found. */
  readonly rows: number;
  readonly payload: Buffer;
  /** Null = it was not imported, or not yet. */
  readonly result: Buffer | null;
  readonly isSettled: boolean;
}

/** @returns undefined when the task was deleted meanwhile. */
export async function selectChunk(db: Db, id: number): Promise<StoredChunk | undefined> {
  const { rows } = await sql<{ rows: number; payload: Buffer; result: Buffer | null; is_settled: boolean }>`
    select rows, payload, result, settled_at is not null as is_settled from import_chunk where id = ${id}::bigint
  `.execute(db);
  const [row] = rows;
  return row && { rows: row.rows, payload: row.payload, result: row.result, isSettled: row.is_settled };
}
