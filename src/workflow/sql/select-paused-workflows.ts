import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * The workflows that are paused, of all databases. They stay paused until the transaction ends: resuming one waits, and
 * so finds the messages that a claim has held because of it.
 */
export async function selectPausedWorkflows(tx: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from workflow where paused_at is not null for share
  `.execute(tx);
  return rows.map(({ id }) => id);
}
