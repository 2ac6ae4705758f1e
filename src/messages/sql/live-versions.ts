import { type RawBuilder, sql } from 'kysely';

/** Workflows whose draft, published version or a version that runs are still in has a node that meets the JSON path. */
export function workflowsWithNode(path: string, id: number): RawBuilder<unknown> {
  const meets = (definition: RawBuilder<unknown>) =>
    sql`jsonb_path_exists(${definition}, ${path}::jsonpath, jsonb_build_object('id', ${id}::int), true)`;
  return sql`
    select w.id from workflow w
     where ${meets(sql`w.draft`)}
        or exists (
          select from workflow_version v
           where v.workflow_id = w.id and ${meets(sql`v.definition`)}
             and (v.version = w.published_version
                  or exists (select from run r
                              where r.workflow_id = v.workflow_id and r.version = v.version and r.due_at is not null)
                  or exists (select from run r
                              where r.workflow_id = v.workflow_id and r.version = v.version and r.due_at is null
                                and r.status in ('active', 'waiting'))))`;
}
