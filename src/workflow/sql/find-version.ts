import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface VersionRow {
  readonly databaseId: number;
  readonly definition: JsonValue;
}

export async function findVersion(
  db: Db,
  workflowId: number,
  version: number,
): Promise<VersionRow | undefined> {
  const { rows } = await sql<{ database_id: number; definition: JsonValue }>`
    select w.database_id, v.definition
    from workflow_version v
    join workflow w on w.id = v.workflow_id
    where v.workflow_id = ${workflowId}::int and v.version = ${version}::int`.execute(db);
  return rows[0] && { databaseId: rows[0].database_id, definition: rows[0].definition };
}
