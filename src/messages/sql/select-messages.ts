import { sql } from 'kysely';
import { SLOT_COUNT } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { UnknownPolicy } from '../message.ts';

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

export interface ListedMessage {
  readonly slot: number;
  readonly id: string;
  readonly state: MessageState;
  readonly databaseId: number;
  readonly profileId: string;
  readonly runId: string | null;
  readonly workflowId: number | null;
  readonly version: number | null;
  readonly node: string | null;
  readonly taskId: string | null;
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  readonly templateVersion: number;
  readonly senderId: number;
  readonly subscriptionId: string | null;
  readonly address: string | null;
  readonly isTest: boolean;
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
  readonly deliveredAt: Date | null;
  readonly openedAt: Date | null;
  readonly opens: number;
  readonly clickedAt: Date | null;
  readonly clicks: number;
  readonly repliedAt: Date | null;
  readonly bouncedAt: Date | null;
  readonly bounce: 'soft' | 'hard' | null;
  readonly complainedAt: Date | null;
  readonly unsubscribedAt: Date | null;
}

export interface MessageSearch {
  /** Null = of every database. */
  readonly databaseIds: readonly number[] | null;
  readonly slot?: number | undefined;
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
  const { databaseIds, slot = null, id = null, state = null, limit, before = null } = search;
  const { workflowId = null, runId = null, profileId = null, senderId = null } = search;
  const { templateId = null, taskId = null } = search;
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
        where m.slot = s.slot
          and (${before}::text is null or m.id < ${before}::text)
          and (${id}::text is null or m.id = ${id}::text)
          and (${databaseIds}::int[] is null or m.database_id = any (${databaseIds}::int[]))
          and (${state}::text is null
               or m.status = case ${state}::text when 'parked' then 'unknown' else ${state}::text end)
          and (${state}::text is null or ${state}::text not in ('parked', 'unknown')
               or (m.settled_at is null) = (${state}::text = 'parked'))
          and (${workflowId}::int is null or m.workflow_id = ${workflowId}::int)
          and (${runId}::text is null or m.run_id = ${runId}::text)
          and (${profileId}::text is null or m.profile_id = ${profileId}::text)
          and (${senderId}::int is null or m.sender_id = ${senderId}::int)
          and (${templateId}::int is null or m.template_id = ${templateId}::int)
          and (${taskId}::uuid is null or m.task_id = ${taskId}::uuid)
        order by m.id desc
        limit ${limit}::int
     ) found
     where ${slot}::int is null or s.slot = ${slot}::int
     order by found.id desc
     limit ${limit}::int
  `.execute(db);
  return rows;
}
