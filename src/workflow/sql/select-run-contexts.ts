import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What the root of a request says for the walk of its runs. */
export interface RunContext {
  /** Empty where it was not asked for. */
  readonly content: JsonObject;
  readonly customData: JsonObject | null;
  /** See the column; null = the request does not say. */
  readonly subscriptionFilter: JsonObject | null;
}

/** The contexts by id; `content`, which may be large, where the walk reads it. */
export async function selectRunContexts(
  db: Db,
  ids: readonly number[],
  withContent: boolean,
): Promise<Map<number, RunContext>> {
  const { rows } = await sql<{
    id: number;
    content: JsonObject | null;
    custom_data: JsonObject | null;
    subscription_filter: JsonObject | null;
  }>`
    select id, case when ${withContent}::boolean then content end as content, custom_data, subscription_filter
      from run_context
     where id = any (${[...ids]}::bigint[])
  `.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        content: row.content ?? {},
        customData: row.custom_data,
        subscriptionFilter: row.subscription_filter,
      },
    ]),
  );
}
