import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import type { Db } from '../../src/db/index.ts';
import { type Filter, filterSql, parseFilter } from '../../src/query/index.ts';

export function parseAccepted(filter: JsonValue): Filter {
  const parsed = parseFilter(filter);
  assert.ok(parsed.ok, `${JSON.stringify(filter).slice(0, 1000)} ${JSON.stringify(parsed)}`);
  return parsed.value;
}

/** Whether each document passes, as PostgreSQL says. */
export async function passFilter(
  db: Db,
  filter: JsonObject,
  documents: readonly JsonValue[],
): Promise<(boolean | null)[]> {
  const { rows } = await sql<{ passes: boolean | null }>`
    select ${filterSql(parseAccepted(filter), sql.ref('document'))} as passes
      from jsonb_array_elements(${JSON.stringify(documents)}::jsonb) with ordinality as d(document, ord)
     order by ord`.execute(db);
  return rows.map(({ passes }) => passes);
}
