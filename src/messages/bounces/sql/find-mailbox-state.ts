import { sql } from 'kysely';
import type { Db } from '../../../db/index.ts';

/** How the mailbox of a sender was read last, for its object in the admin API. */
export interface MailboxState {
  readonly lastChecked: Date | null;
  readonly lastError: string | null;
  readonly mails: number;
  readonly facts: number;
}

/** Undefined = it was not claimed yet, or the sender has none. */
export async function findMailboxState(db: Db, senderId: number): Promise<MailboxState | undefined> {
  const { rows } = await sql<{
    last_checked: Date | null;
    last_error: string | null;
    mails: number;
    facts: number;
  }>`
    select last_checked, last_error, mails, facts from bounce_mailbox where sender_id = ${senderId}::int
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return { lastChecked: row.last_checked, lastError: row.last_error, mails: row.mails, facts: row.facts };
}
