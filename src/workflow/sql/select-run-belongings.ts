import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What a run carries. */
export interface RunBelongings {
  readonly itemIndex: number | null;
  /** Of the run itself, with saved answers laid over it; null = it has the content of its context. */
  readonly content: JsonObject | null;
  /** Of the item itself. */
  readonly customData: JsonObject | null;
  /** Of the item itself. */
  readonly attach: JsonValue;
}

interface BelongingsRow {
  id: string;
  item_index: number | null;
  content: JsonObject | null;
  custom_data: JsonObject | null;
  attach: JsonValue;
}

/** What each of the runs carries, by its id. */
export async function selectRunBelongings(
  db: Db,
  runs: readonly { readonly slot: number; readonly id: string }[],
): Promise<Map<string, RunBelongings>> {
  const keys = JSON.stringify(runs.map(({ slot, id }) => ({ slot, id })));
  const { rows } = await sql<BelongingsRow>`
    select r.id, r.item_index, r.custom_data, r.attach,
           case when r.saved is null then r.content
                else coalesce(r.content, c.content, '{}'::jsonb) || r.saved end as content
      from json_to_recordset(${keys}::json) as k(slot smallint, id text)
      join run r on r.slot = k.slot and r.id = k.id
      left join run_context c on c.id = r.context_id
  `.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        itemIndex: row.item_index,
        content: row.content,
        customData: row.custom_data,
        attach: row.attach,
      },
    ]),
  );
}
