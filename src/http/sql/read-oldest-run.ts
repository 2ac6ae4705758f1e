import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * The least `due_at` of all runs. One look into the index `run_due` for each version that was ever published, since a
 * plain minimum would walk the whole index, which begins with workflow and version. Runs of a paused workflow wait for
 * a person, not for a worker.
 */
export async function readOldestRun(db: Db): Promise<Date | null> {
  const { rows } = await sql<{ oldest: Date | null }>`
    select min(first.due_at) as oldest
    from workflow w
    join workflow_version v on v.workflow_id = w.id
    cross join lateral (
      select r.due_at
      from run r
      where r.workflow_id = v.workflow_id and r.version = v.version and r.due_at is not null
      order by r.due_at
      limit 1
    ) first
    where w.paused_at is null
  `.execute(db);
  return rows[0]?.oldest ?? null;
}
