import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Whether the text holds a match of a pattern in PostgreSQL's spelling; in bytes' order, so that no locale matters. */
export async function matchText(db: Db, text: string, pattern: string): Promise<boolean> {
  const { rows } = await sql<{ matches: boolean }>`
    select ${text}::text collate "C" ~ ${pattern}::text as matches
  `.execute(db);
  return rows[0]?.matches ?? false;
}
