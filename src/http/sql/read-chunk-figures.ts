import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Reads the pending chunks alone, those of streams under way left out, by their partial index: a backlog of a million rows is some thousand of them. */
export async function readChunkFigures(
  db: Db,
): Promise<{ chunks: number; rows: number; oldestAcceptedAt: Date | null }> {
  const { rows } = await sql<{ chunks: number; rows: number; oldest: Date | null }>`
    select count(*) as chunks, coalesce(sum(c.rows), 0)::bigint as rows, min(t.accepted_at) as oldest
    from import_chunk c
    join task t on t.id = c.task_id
    where c.settled_at is null and not c.is_held
  `.execute(db);
  const [row] = rows;
  return { chunks: row?.chunks ?? 0, rows: row?.rows ?? 0, oldestAcceptedAt: row?.oldest ?? null };
}
