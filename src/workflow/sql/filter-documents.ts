import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type Filter, filterSql } from '../../query/index.ts';

/** The keys of those documents that meet the filter. */
export async function filterDocuments(
  db: Db,
  documents: ReadonlyMap<string, JsonObject>,
  filter: Filter,
): Promise<Set<string>> {
  const rowsIn = JSON.stringify([...documents].map(([key, doc]) => ({ key, doc })));
  const { rows } = await sql<{ key: string }>`
    select d.key
      from json_to_recordset(${rowsIn}::json) as d(key text, doc jsonb)
     where ${filterSql(filter, sql`d.doc`)}
  `.execute(db);
  return new Set(rows.map((row) => row.key));
}
