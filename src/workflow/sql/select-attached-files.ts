import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/** The ids of the files that these runs bring along, their own or those of their requests; each once. */
export async function selectAttachedFiles(tx: Db, runs: readonly RunKey[]): Promise<string[]> {
  const { rows } = await sql<{ file: string }>`
    select distinct a.value ->> 'file' as file
      from json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, id text)
      join run r on r.slot = k.slot and r.id = k.id
      left join run_context c on c.id = r.context_id
     cross join lateral jsonb_array_elements(
       case when jsonb_typeof(coalesce(nullif(r.attach, 'null'), c.attach)) = 'array'
            then coalesce(nullif(r.attach, 'null'), c.attach) else '[]' end) as a(value)
     where a.value ->> 'file' is not null
  `.execute(tx);
  return rows.map(({ file }) => file);
}
