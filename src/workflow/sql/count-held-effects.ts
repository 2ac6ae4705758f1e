import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Calls and messages that are held although their workflow goes on, by workflow. */
export async function countHeldEffects(db: Db): Promise<{ workflowId: number; held: number }[]> {
  const { rows } = await sql<{ workflow_id: number; held: number }>`
    select w.id as workflow_id, h.held
      from workflow w
     cross join lateral (
       select (select count(*) from api_call where workflow_id = w.id and status = 'held')
            + (select count(*) from message where workflow_id = w.id and status = 'held') as held
     ) h
     where w.paused_at is null and h.held > 0
     order by w.id
  `.execute(db);
  return rows.map(({ workflow_id: workflowId, held }) => ({ workflowId, held }));
}
