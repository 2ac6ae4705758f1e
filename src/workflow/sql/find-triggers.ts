import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Reentry } from '../workflow.ts';

export interface TriggersRow {
  readonly workflowId: number;
  readonly version: number;
  readonly reentry: Reentry;
  /** The start nodes with an event, a JSON list as text. */
  readonly triggers: string;
}

/** The triggers of the active workflows of a database, by workflow. */
export async function findTriggers(db: Db, databaseId: number): Promise<TriggersRow[]> {
  const { rows } = await sql<{ id: number; version: number; reentry: Reentry; triggers: string }>`
    select w.id, v.version, w.reentry, v.triggers::text as triggers
      from workflow w
      join workflow_version v on v.workflow_id = w.id and v.version = w.published_version
     where w.database_id = ${databaseId}::int and w.active and v.triggers is not null
     order by w.id
  `.execute(db);
  return rows.map(({ id, ...rest }) => ({ workflowId: id, ...rest }));
}
