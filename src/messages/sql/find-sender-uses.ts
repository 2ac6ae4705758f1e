import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { workflowsWithNode } from './live-versions.ts';

export interface SenderUses {
  readonly resources: number[];
  readonly workflows: number[];
  /** Whether a message waits to be sent by it. */
  readonly has_messages: boolean;
}

/** What still needs the sender, ids in order. */
export async function findSenderUses(db: Db, id: number): Promise<SenderUses> {
  const { rows } = await sql<SenderUses>`
    select array(select r.id from resource r
                  where jsonb_path_exists(r.senders, '$.* ? (@ == $id)', jsonb_build_object('id', ${id}::int))
                  order by r.id) as resources,
           array(select u.id from (${workflowsWithNode('$.nodes[*] ? (@.sender_id == $id)', id)}) u order by u.id) as workflows,
           exists (select from message m where m.sender_id = ${id}::int and m.due_at is not null) as has_messages
  `.execute(db);
  return rows[0] ?? { resources: [], workflows: [], has_messages: false };
}
