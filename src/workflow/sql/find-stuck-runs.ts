import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Why a live run will never be walked again by itself. */
export type StuckCause = 'nothing' | 'effect_gone' | 'effect_settled';

export interface StuckRun {
  readonly id: string;
  readonly workflowId: number;
  readonly node: string;
  readonly cause: StuckCause;
}

/**
 * Live runs that wait for what cannot come, at most `limit`: for nothing at all, for a call or message that is not
 * there, or for one that is settled. Looks at runs without a due time alone; all others are taken when they are due.
 */
export async function findStuckRuns(db: Db, limit: number): Promise<StuckRun[]> {
  const { rows } = await sql<{ id: string; workflow_id: number; node: string; cause: StuckCause }>`
    select r.id, r.workflow_id, r.node,
           case when r.effect_id is null then 'nothing'
                when c.id is null and m.id is null then 'effect_gone'
                else 'effect_settled' end as cause
      from run r
      left join api_call c on c.slot = r.slot and c.id = r.effect_id
      left join message m on m.slot = r.slot and m.id = r.effect_id
     where r.due_at is null and r.status in ('active', 'waiting')
       and (r.effect_id is null or c.settled_at is not null or m.settled_at is not null
            or (c.id is null and m.id is null))
     limit ${limit}::int
  `.execute(db);
  return rows.map(({ workflow_id: workflowId, ...rest }) => ({ workflowId, ...rest }));
}
