import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Lets the transaction commit before it is on the disk. For what may be lost with the machine: others see it as ever, and
 * whatever commits later in the usual way writes it with it.
 */
export async function commitAtOnce(tx: Db): Promise<void> {
  await sql`set local synchronous_commit = off`.execute(tx);
}
