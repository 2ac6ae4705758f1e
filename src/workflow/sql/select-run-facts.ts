import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/** What is told of a run to others. */
export interface RunFacts {
  readonly id: string;
  readonly databaseId: number;
  readonly profileId: string;
  readonly workflowId: number;
  readonly taskId: string | null;
  readonly node: string;
  readonly status: string;
  readonly reason: string | null;
  /** Of the profile itself; null = it has none, or is not there any more. */
  readonly email: string | null;
  /** Its own or that of its request. */
  readonly customData: JsonObject | null;
}

/** The facts of those of the runs that are there, by id. */
export async function selectRunFacts(tx: Db, runs: readonly RunKey[]): Promise<Map<string, RunFacts>> {
  const { rows } = await sql<{
    id: string;
    database_id: number;
    profile_id: string;
    workflow_id: number;
    task_id: string | null;
    node: string;
    status: string;
    reason: string | null;
    email: string | null;
    custom_data: JsonObject | null;
  }>`
    select r.id, r.database_id, r.profile_id, r.workflow_id, r.task_id, r.node, r.status, r.reason,
           p.fields ->> 'email' as email, coalesce(r.custom_data, c.custom_data) as custom_data
      from json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, id text)
      join run r on r.slot = k.slot and r.id = k.id
      left join run_context c on c.id = r.context_id
      left join profile p on p.slot = r.slot and p.database_id = r.database_id and p.id = r.profile_id
  `.execute(tx);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...{
          id: row.id,
          databaseId: row.database_id,
          profileId: row.profile_id,
          workflowId: row.workflow_id,
        },
        ...{ taskId: row.task_id, node: row.node, status: row.status, reason: row.reason },
        ...{ email: row.email, customData: row.custom_data },
      },
    ]),
  );
}
