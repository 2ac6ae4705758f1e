import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { workflowsWithNode } from './live-versions.ts';

export interface TemplateUses {
  readonly workflows: number[];
  /** Whether a message waits to be made of it. */
  readonly has_messages: boolean;
}

/** What still needs the template, ids in order. */
export async function findTemplateUses(db: Db, id: number): Promise<TemplateUses> {
  const { rows } = await sql<TemplateUses>`
    select array(select u.id from (${workflowsWithNode('$.nodes[*] ? (@.template_id == $id)', id)}) u order by u.id) as workflows,
           exists (select from message m where m.template_id = ${id}::int and m.due_at is not null) as has_messages
  `.execute(db);
  return rows[0] ?? { workflows: [], has_messages: false };
}
