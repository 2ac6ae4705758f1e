import { CompiledQuery } from 'kysely';
import type { CopyRows } from './copy-rows.ts';
import type { Db } from './pool.ts';

/**
 * Writes the rows by one COPY, in the transaction of the caller; none by none. What PostgreSQL refuses is thrown as by
 * any statement.
 * @param statement `copy table (columns) from stdin (format binary)`.
 */
export async function copyRows(tx: Db, statement: string, rows: CopyRows): Promise<void> {
  if (rows.rows > 0) await tx.executeQuery(CompiledQuery.raw(statement, [rows]));
}
