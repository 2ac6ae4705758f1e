import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EntryKind, SuppressionEntry } from '../suppression-list.ts';

export interface EntryQuery {
  readonly listId: number;
  readonly kind: EntryKind;
  /** What values begin with; empty = all. */
  readonly prefix: string;
  /** The value before the first. */
  readonly after: string;
  readonly limit: number;
}

/** In order of their values. `^@` reads the index, since values have the collation C. */
export async function pageEntryRows(db: Db, query: EntryQuery): Promise<SuppressionEntry[]> {
  const { rows } = await sql<{
    kind: EntryKind;
    value: string;
    reason: string | null;
    created_at: Date;
  }>`
    select kind, value, reason, created_at
      from suppression_entry
     where list_id = ${query.listId}::int and kind = ${query.kind}::text
       and value > ${query.after}::text and value ^@ ${query.prefix}::text
     order by value
     limit ${query.limit}::int
  `.execute(db);
  return rows.map((row) => ({
    kind: row.kind,
    value: row.value,
    reason: row.reason,
    createdAt: row.created_at,
  }));
}
