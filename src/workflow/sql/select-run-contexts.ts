import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What the root of a request says for the walk of its runs. */
export interface RunContext {
  readonly content: JsonObject;
  /** See the column; null = the request does not say. */
  readonly subscriptionFilter: JsonObject | null;
}

/** The contexts by id. */
export async function selectRunContexts(db: Db, ids: readonly number[]): Promise<Map<number, RunContext>> {
  const { rows } = await sql<{
    id: number;
    content: JsonObject | null;
    subscription_filter: JsonObject | null;
  }>`
    select id, content, subscription_filter from run_context where id = any (${[...ids]}::bigint[])
  `.execute(db);
  return new Map(
    rows.map((row) => [row.id, { content: row.content ?? {}, subscriptionFilter: row.subscription_filter }]),
  );
}
