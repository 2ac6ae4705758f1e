import { sql } from 'kysely';
import { SLOT_COUNT } from '../../../../base/index.ts';
import type { Db } from '../../../../db/index.ts';

export interface ReportedMessage {
  /** The id that was asked for. */
  readonly asked: string;
  readonly slot: number;
  readonly id: string;
}

/** The messages of a sender by the ids of its provider, or by our own. Unknown ids are left out. */
export async function findReported(
  db: Db,
  senderId: number,
  ids: readonly string[],
): Promise<ReportedMessage[]> {
  const { rows } = await sql<{ asked: string; slot: number; id: string }>`
    with asked as (
      select distinct id from json_array_elements_text(${JSON.stringify(ids)}::json) as a(id)
    )
    select a.id as asked, m.slot, m.id
      from asked a
      join message m on m.sender_id = ${senderId}::int and m.provider_id = a.id
    union
    select a.id, m.slot, m.id
      from asked a
      cross join generate_series(0, ${SLOT_COUNT - 1}::int) as s(slot)
      join message m on m.slot = s.slot::smallint and m.id = a.id
     where a.id ~ '^[0-9a-f]{24}$' and m.sender_id = ${senderId}::int
  `.execute(db);
  return rows;
}
