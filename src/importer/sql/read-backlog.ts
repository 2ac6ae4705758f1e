import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface Backlog {
  /** Rows of unfinished tasks that are not imported yet, those of streams under way included. */
  readonly waiting: number;
  /** Rows of the same tasks that are. */
  readonly done: number;
  /** Since when they have been worked on; null = none is yet. */
  readonly since: Date | null;
}

/** Sums the counters of the unfinished tasks, which have an index of their own. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select coalesce(sum(total - done), 0)::bigint as waiting, coalesce(sum(done), 0)::bigint as done,
           min(started_at) as since
      from (
        select total, started_at,
               created + updated + unchanged + invalid + ambiguous + not_found + cancelled as done
          from task
         where finished_at is null
      ) unfinished
  `.execute(db);
  return rows[0] ?? { waiting: 0, done: 0, since: null };
}
