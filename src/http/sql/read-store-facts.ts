import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Which PostgreSQL it is, and how much it keeps for Muster. */
export interface StoreFacts {
  /** As 18.4. */
  readonly version: string;
  readonly bytes: number;
}

export async function readStoreFacts(db: Db): Promise<StoreFacts> {
  const { rows } = await sql<StoreFacts>`
    select split_part(current_setting('server_version'), ' ', 1) as version,
           pg_database_size(current_database()) as bytes
  `.execute(db);
  const [facts] = rows;
  if (facts === undefined) throw new Error('a select without a condition has no row');
  return facts;
}
