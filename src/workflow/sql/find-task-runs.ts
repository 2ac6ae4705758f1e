import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What has become of the run of an item. */
export interface TaskRun {
  readonly id: string;
  readonly status: 'active' | 'waiting' | 'ended' | 'failed';
  /** The node that it enters next, or in which it waits or has ended. */
  readonly node: string;
  readonly reason: string | null;
}

/** The runs that items of a task have started, by item; of one that has jumped, the latest in the workflow. One statement, each found by the profile. */
export async function findTaskRuns(
  db: Db,
  task: { readonly id: string; readonly workflowId: number },
  items: readonly { readonly index: number; readonly profileId: string }[],
): Promise<Map<number, TaskRun>> {
  if (items.length === 0) return new Map();
  const keys = JSON.stringify(
    items.map(({ index, profileId }) => ({ slot: slotOf(profileId), p: profileId, i: index })),
  );
  const { rows } = await sql<TaskRun & { item_index: number }>`
    select r.item_index, r.id, r.status, r.node, r.reason
      from json_to_recordset(${keys}::json) as k(slot smallint, p text, i int)
      join run r on r.slot = k.slot and r.profile_id = k.p and r.workflow_id = ${task.workflowId}::int
       and r.task_id = ${task.id}::uuid and r.item_index = k.i
     order by r.id
  `.execute(db);
  return new Map(
    rows.map(({ item_index, id, status, node, reason }) => [item_index, { id, status, node, reason }]),
  );
}
