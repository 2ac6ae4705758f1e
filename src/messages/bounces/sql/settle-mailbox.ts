import { sql } from 'kysely';
import type { Db } from '../../../db/index.ts';

export interface SettledMailbox {
  readonly senderId: number;
  readonly token: string;
  readonly dueAt: Date;
  /** Null = it was read. */
  readonly error: string | null;
  readonly mails: number;
  readonly facts: number;
}

/** Writes how a mailbox was read, where the claim still holds. */
export async function settleMailbox(db: Db, settled: SettledMailbox, now: Date): Promise<void> {
  await sql`
    update bounce_mailbox
       set due_at = ${settled.dueAt}::timestamptz, claim_token = null, last_checked = ${now}::timestamptz,
           last_error = ${settled.error}::text,
           mails = mails + ${settled.mails}::int, facts = facts + ${settled.facts}::int
     where sender_id = ${settled.senderId}::int and claim_token = ${settled.token}::uuid
  `.execute(db);
}
