import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Reads the partial index of the calls that are not settled, and nothing else. */
export async function readCallFigures(db: Db): Promise<{ queued: number; oldestDueAt: Date | null }> {
  const { rows } = await sql<{ queued: number; oldest: Date | null }>`
    select count(*) as queued, min(due_at) as oldest
    from api_call
    where due_at is not null
  `.execute(db);
  return { queued: rows[0]?.queued ?? 0, oldestDueAt: rows[0]?.oldest ?? null };
}
