import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Runs of workflows that go on whose claim has ended before `before` and that nobody has taken since. */
export async function countLateClaims(db: Db, before: Date): Promise<number> {
  const { rows } = await sql<{ late: number }>`
    select count(*) as late
      from workflow w
      join run r on r.workflow_id = w.id
     where w.paused_at is null and r.due_at < ${before}::timestamptz and r.claim_token is not null
  `.execute(db);
  return rows[0]?.late ?? 0;
}
