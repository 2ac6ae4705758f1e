import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** The definitions that new runs of these workflows follow, by workflow; those that were never published have none. */
export async function selectDefinitions(
  db: Db,
  workflowIds: readonly number[],
): Promise<Map<number, JsonValue>> {
  const { rows } = await sql<{ workflow_id: number; definition: JsonValue }>`
    select v.workflow_id, v.definition
      from workflow w
      join workflow_version v on v.workflow_id = w.id and v.version = w.published_version
     where w.id = any (${workflowIds}::int[])
  `.execute(db);
  return new Map(rows.map((row) => [row.workflow_id, row.definition]));
}
