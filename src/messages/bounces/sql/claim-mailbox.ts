import { sql } from 'kysely';
import type { JsonValue } from '../../../base/index.ts';
import type { Db } from '../../../db/index.ts';

export interface ClaimedMailbox {
  readonly senderId: number;
  /** `bounce` of the sender's settings. */
  readonly bounce: JsonValue;
  /** The sender's secrets, sealed. */
  readonly secrets: string | null;
}

/**
 * Claims the mailbox that has been due for longest, so that one process reads it at a time. Senders that are new to
 * this are due at once.
 */
export async function claimMailbox(
  db: Db,
  claim: { token: string; now: Date; leaseSeconds: number },
): Promise<ClaimedMailbox | undefined> {
  const { rows } = await sql<{ sender_id: number; bounce: JsonValue; secrets: string | null }>`
    with fresh as (
      insert into bounce_mailbox (sender_id, due_at)
      select s.id, ${claim.now}::timestamptz
        from sender s
       where jsonb_typeof(s.settings -> 'bounce') = 'object'
         and not exists (select from bounce_mailbox b where b.sender_id = s.id)
      on conflict do nothing
    ), due as (
      select b.sender_id
        from bounce_mailbox b
        join sender s on s.id = b.sender_id
       where b.due_at <= ${claim.now}::timestamptz and jsonb_typeof(s.settings -> 'bounce') = 'object'
       order by b.due_at
       limit 1
         for update of b skip locked
    )
    update bounce_mailbox b
       set claim_token = ${claim.token}::uuid,
           due_at = ${claim.now}::timestamptz + make_interval(secs => ${claim.leaseSeconds}::int)
      from due
      join sender s on s.id = due.sender_id
     where b.sender_id = due.sender_id
    returning b.sender_id, s.settings -> 'bounce' as bounce, s.secrets
  `.execute(db);
  const [row] = rows;
  return row === undefined
    ? undefined
    : { senderId: row.sender_id, bounce: row.bounce, secrets: row.secrets };
}
