import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Which events somebody wants; null = all. */
export interface EventFilter {
  readonly types: readonly string[] | null;
  readonly databaseIds: readonly number[] | null;
  readonly workflowIds: readonly number[] | null;
  readonly resourceIds: readonly number[] | null;
}

/** A row of the log without its events. */
export interface LogRow {
  readonly id: number;
  readonly position: number;
  readonly databaseId: number;
  readonly type: string;
  readonly events: number;
  readonly isTest: boolean;
  readonly createdAt: Date;
}

/**
 * The rows from one position to another, both included, that may hold wanted events, in their order: as many as it
 * takes until they hold `limit` events. Reads no bodies.
 */
export async function scanLog(
  db: Db,
  { from, to, limit, filter }: { from: number; to: number; limit: number; filter: EventFilter },
): Promise<LogRow[]> {
  const { types, databaseIds, workflowIds, resourceIds } = filter;
  const { rows } = await sql<{
    id: number;
    position: number;
    database_id: number;
    type: string;
    events: number;
    is_test: boolean;
    created_at: Date;
  }>`
    select id, position, database_id, type, events, is_test, created_at
      from (
        select id, position, database_id, type, events, is_test, created_at,
               sum(events) over (order by position) - events as before
          from event_batch
         where position between ${from}::bigint and ${to}::bigint
           and (${types}::text[] is null or type = any (${types}::text[]))
           and (${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[]))
           and (${workflowIds}::int[] is null or workflow_id = any (${workflowIds}::int[]))
           and (${resourceIds}::int[] is null or resource_id = any (${resourceIds}::int[]))
      ) counted
     where before < ${limit}::bigint
     order by position
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    position: row.position,
    databaseId: row.database_id,
    type: row.type,
    events: row.events,
    isTest: row.is_test,
    createdAt: row.created_at,
  }));
}
