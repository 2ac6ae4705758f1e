import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** A count of something in a stretch of time, which begins at `at`. */
export interface ChartCount {
  readonly at: Date;
  readonly name: string;
  readonly count: number;
}

export interface ChartQuery {
  readonly from: Date;
  readonly stepSeconds: number;
  /** Null = of every database. */
  readonly databaseIds: readonly number[] | null;
}

/** Events by type, from the rows of the log, which hold many each; by the index of their age. */
export async function readEventCounts(
  db: Db,
  { from, stepSeconds, databaseIds }: ChartQuery,
  types: readonly string[],
): Promise<ChartCount[]> {
  const { rows } = await sql<ChartCount>`
    select date_bin(make_interval(secs => ${stepSeconds}::int), created_at, 'epoch') as at, type as name,
           sum(events)::bigint as count
      from event_batch
     where created_at >= ${from}::timestamptz and not is_test and type = any (${[...types]}::text[])
       and (${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[]))
     group by 1, 2
  `.execute(db);
  return rows;
}

/** Items of tasks that failed, at the moment at which their task was accepted. */
export async function readFailedItems(
  db: Db,
  { from, stepSeconds, databaseIds }: ChartQuery,
): Promise<ChartCount[]> {
  const { rows } = await sql<ChartCount>`
    select date_bin(make_interval(secs => ${stepSeconds}::int), accepted_at, 'epoch') as at, 'refused' as name,
           sum(invalid + ambiguous + not_found)::bigint as count
      from task
     where accepted_at >= ${from}::timestamptz
       and (${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[]))
     group by 1
    having sum(invalid + ambiguous + not_found) > 0
  `.execute(db);
  return rows;
}

/** Deliveries of hooks by what became of them. */
export async function readDeliveryCounts(db: Db, { from, stepSeconds }: ChartQuery): Promise<ChartCount[]> {
  const { rows } = await sql<ChartCount>`
    select date_bin(make_interval(secs => ${stepSeconds}::int), settled_at, 'epoch') as at, status as name,
           count(*) as count
      from hook_delivery
     where settled_at >= ${from}::timestamptz
     group by 1, 2
  `.execute(db);
  return rows;
}

/** The longest wait in each queue, in seconds. */
export async function readQueueSamples(db: Db, { from, stepSeconds }: ChartQuery): Promise<ChartCount[]> {
  const { rows } = await sql<ChartCount>`
    select date_bin(make_interval(secs => ${stepSeconds}::int), at, 'epoch') as at, queue as name,
           max(seconds) as count
      from queue_age
     where at >= ${from}::timestamptz
     group by 1, 2
  `.execute(db);
  return rows;
}
