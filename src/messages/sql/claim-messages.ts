import { sql } from 'kysely';
import { type OutboxTable, pickDue } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { ClaimedMessage } from '../dispatch/claimed-message.ts';
import type { UnknownPolicy } from '../message.ts';

/** The outbox: the place of a message is its sender. */
export const messageOutbox: OutboxTable = { name: 'message', place: 'sender_id', placeType: 'int' };

interface MessageRow {
  slot: number;
  id: string;
  database_id: number;
  profile_id: string;
  run_id: string | null;
  workflow_id: number | null;
  node: string | null;
  task_id: string | null;
  channel: Channel;
  resource_id: number;
  template_id: number;
  template_version: number;
  subscription_id: string | null;
  address: string | null;
  is_test: boolean;
  on_unknown: UnknownPolicy;
  attempts: number;
  give_up_at: Date;
  created_at: Date;
  lost: boolean;
  stays: boolean;
  lease_end: Date;
}

export interface SenderClaim {
  /** The sender's id. */
  readonly place: string;
  readonly token: string;
  readonly now: Date;
  readonly leaseSeconds: number;
  readonly limit: number;
  readonly pausedIds: readonly number[];
}

/**
 * Claims due messages of one sender, as many of each share as of every other, in each the longest due first. Messages of
 * paused workflows are held instead, except those that will not be sent whatever happens. A lost try counts as one.
 * @returns the claimed messages in order of id, and how many were held.
 */
export async function claimMessages(
  tx: Db,
  claim: SenderClaim,
): Promise<{ messages: ClaimedMessage[]; held: number }> {
  const { token, now, leaseSeconds, pausedIds } = claim;
  const { rows } = await sql<MessageRow>`
    with ${pickDue(messageOutbox, claim)}, locked as (
      select m.slot, m.id, m.claim_token is not null as lost,
             coalesce(m.workflow_id = any(${[...pausedIds]}::int[]), false)
               and (m.claim_token is null or m.on_unknown = 'repeat') as stays
        from message m
        join picked p on m.slot = p.slot and m.id = p.id
       where m.due_at <= ${now}::timestamptz
         for update of m skip locked
    )
    update message m
       set status = case when l.stays then 'held' else m.status end,
           claim_token = case when not l.stays then ${token}::uuid end,
           due_at = case when not l.stays then ${now}::timestamptz + make_interval(secs => ${leaseSeconds}::int) end,
           attempts = m.attempts + l.lost::int
      from locked l
     where m.slot = l.slot and m.id = l.id
    returning m.slot, m.id, m.database_id, m.profile_id, m.run_id, m.workflow_id, m.node, m.task_id, m.channel,
              m.resource_id, m.template_id, m.template_version, m.subscription_id, m.address, m.is_test, m.on_unknown,
              m.attempts, m.give_up_at, m.created_at, l.lost, l.stays, m.due_at as lease_end
  `.execute(tx);
  const claimed = rows.filter((row) => !row.stays).map((row) => toClaimed(row, claim.place));
  const messages = claimed.sort((left, right) => (left.id < right.id ? -1 : 1));
  return { messages, held: rows.length - messages.length };
}

function toClaimed(row: MessageRow, place: string): ClaimedMessage {
  return {
    ...{ slot: row.slot, id: row.id, databaseId: row.database_id, profileId: row.profile_id },
    ...{ runId: row.run_id, workflowId: row.workflow_id, node: row.node, taskId: row.task_id },
    ...{ channel: row.channel, resourceId: row.resource_id, senderId: Number(place), place },
    ...{ templateId: row.template_id, templateVersion: row.template_version },
    ...{ subscriptionId: row.subscription_id, address: row.address, isTest: row.is_test },
    ...{ onUnknown: row.on_unknown, attempts: row.attempts, isLost: row.lost },
    ...{ giveUpAt: row.give_up_at, createdAt: row.created_at, leaseEnd: row.lease_end },
  };
}
