import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** Stores what the root of a request says for its runs once, for all the runs that it starts. Returns its id. */
export async function createRunContext(
  tx: Db,
  context: {
    content: JsonObject | null;
    customData: JsonObject | null;
    /** Which subscription of the profile messages go to. */
    subscriptionFilter?: JsonObject | null;
    /** What messages bring along, as it was stored by `files`. */
    attach?: JsonValue;
    now: Date;
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into run_context (content, custom_data, subscription_filter, attach, created_at)
    values (${toJson(context.content)}::jsonb, ${toJson(context.customData)}::jsonb,
            ${toJson(context.subscriptionFilter ?? null)}::jsonb, ${toJson(context.attach ?? null)}::jsonb,
            ${context.now}::timestamptz)
    returning id
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('the insert of a run context returned no row');
  return row.id;
}

function toJson(value: JsonValue): string | null {
  return value === null ? null : JSON.stringify(value);
}
