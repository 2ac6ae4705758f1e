import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** The addresses of those of the profiles that exist, by id; null = it has none. */
export async function selectEmails(
  db: Db,
  databaseId: number,
  ids: readonly string[],
): Promise<Map<string, string | null>> {
  const { rows } = await sql<{ id: string; email: string | null }>`
    select p.id, p.fields ->> 'email' as email
      from unnest(${ids.map(slotOf)}::smallint[], ${[...ids]}::text[]) as k(slot, id)
      join profile p on p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
  `.execute(db);
  return new Map(rows.map(({ id, email }) => [id, email]));
}
