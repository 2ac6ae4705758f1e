import { sql } from 'kysely';
import { SLOT_COUNT, slotOf } from '../../base/index.ts';
import { type Db, joinConditions } from '../../db/index.ts';
import type { UnknownPolicy } from '../message.ts';
import type { FactSums, SentMessage } from './record-message-facts.ts';

/** `parked` = not known whether it was sent, and a person is to decide. */
export const messageStates = [
  'queued',
  'held',
  'sent',
  'failed',
  'suppressed',
  'cancelled',
  'unknown',
  'parked',
] as const;
export type MessageState = (typeof messageStates)[number];

/** A message as an operator sees it, with what became known of it. */
export interface ListedMessage extends SentMessage, FactSums {
  readonly state: MessageState;
  readonly version: number | null;
  readonly templateVersion: number;
  readonly senderId: number;
  readonly onUnknown: UnknownPolicy;
  readonly isUnderWay: boolean;
  readonly reason: string | null;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly providerId: string | null;
  readonly answer: string | null;
  readonly createdAt: Date;
  /** Null also while it is under way. */
  readonly sentAt: Date | null;
  readonly settledAt: Date | null;
}

export interface MessageSearch {
  /** Null = of every database. */
  readonly databaseIds: readonly number[] | null;
  readonly id?: string | undefined;
  readonly state?: MessageState | undefined;
  readonly workflowId?: number | undefined;
  readonly runId?: string | undefined;
  readonly profileId?: string | undefined;
  readonly senderId?: number | undefined;
  readonly templateId?: number | undefined;
  readonly taskId?: string | undefined;
  /** Only those made before that one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/**
 * Messages that meet all of the search, the latest first. Looks into each slot from its newest message on, or into the
 * one where the messages of a profile lie.
 */
export async function selectMessages(db: Db, search: MessageSearch): Promise<ListedMessage[]> {
  const { databaseIds, id, before, workflowId, runId, profileId, senderId, templateId, taskId } = search;
  const status = search.state === 'parked' ? 'unknown' : search.state;
  const where = joinConditions([
    sql`m.slot = s.slot`,
    id === undefined ? undefined : sql`m.id = ${id}::text`,
    before === undefined ? undefined : sql`m.id < ${before}::text`,
    databaseIds === null ? undefined : sql`m.database_id = any(${databaseIds}::int[])`,
    workflowId === undefined ? undefined : sql`m.workflow_id = ${workflowId}::int`,
    runId === undefined ? undefined : sql`m.run_id = ${runId}::text`,
    profileId === undefined ? undefined : sql`m.profile_id = ${profileId}::text`,
    senderId === undefined ? undefined : sql`m.sender_id = ${senderId}::int`,
    templateId === undefined ? undefined : sql`m.template_id = ${templateId}::int`,
    taskId === undefined ? undefined : sql`m.task_id = ${taskId}::uuid`,
    status === undefined ? undefined : sql`m.status = ${status}::text`,
    search.state === 'parked' ? sql`m.settled_at is null` : undefined,
    search.state === 'unknown' ? sql`m.settled_at is not null` : undefined,
  ]);
  const { rows } = await sql<ListedMessage>`
    select found.*
      from generate_series(0, ${SLOT_COUNT - 1}::int) s(slot)
     cross join lateral (
       select m.slot, m.id, m.database_id as "databaseId", m.profile_id as "profileId", m.run_id as "runId",
              case when m.status = 'unknown' and m.settled_at is null then 'parked' else m.status end as state,
              m.workflow_id as "workflowId", m.version, m.node, m.task_id as "taskId", m.channel,
              m.resource_id as "resourceId", m.template_id as "templateId", m.template_version as "templateVersion",
              m.sender_id as "senderId", m.subscription_id as "subscriptionId", m.address, m.is_test as "isTest",
              m.on_unknown as "onUnknown", m.claim_token is not null as "isUnderWay", m.reason, m.attempts,
              m.due_at as "dueAt", m.provider_id as "providerId", m.answer, m.created_at as "createdAt",
              case when m.status in ('sent', 'unknown') then m.sent_at end as "sentAt",
              m.settled_at as "settledAt", m.delivered_at as "deliveredAt", m.opened_at as "openedAt", m.opens,
              m.clicked_at as "clickedAt", m.clicks, m.replied_at as "repliedAt", m.bounced_at as "bouncedAt",
              m.bounce, m.complained_at as "complainedAt", m.unsubscribed_at as "unsubscribedAt"
         from message m
        where ${where}
        order by m.id desc
        limit ${search.limit}::int
     ) found
     where ${profileId === undefined ? sql`true` : sql`s.slot = ${slotOf(profileId)}::int`}
     order by found.id desc
     limit ${search.limit}::int
  `.execute(db);
  return rows;
}
