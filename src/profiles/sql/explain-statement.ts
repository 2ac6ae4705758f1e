import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How PostgreSQL would carry a statement out, with its parameters bound; it is not run. As `explain (format json)` says it. */
export async function explainStatement(db: Db, statement: RawBuilder<unknown>): Promise<unknown> {
  const { rows } = await sql<{ 'QUERY PLAN': unknown }>`explain (format json) ${statement}`.execute(db);
  return rows[0]?.['QUERY PLAN'];
}
