import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';

/** What became known of one message, added up. Times are those of the first; null = nothing of the kind. */
export interface FactSums {
  readonly slot: number;
  readonly id: string;
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

/** A message that is there, for what is told of it. */
export interface SentMessage {
  readonly slot: number;
  readonly id: string;
  readonly databaseId: number;
  readonly profileId: string;
  readonly runId: string | null;
  readonly workflowId: number | null;
  readonly taskId: string | null;
  readonly node: string | null;
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  readonly subscriptionId: string | null;
  readonly address: string | null;
  readonly isTest: boolean;
}

/** Those of the messages that are there, by id; without a lock. */
export async function selectSentMessages(
  db: Db,
  messages: readonly { slot: number; id: string }[],
): Promise<Map<string, SentMessage>> {
  const { rows } = await sql<SentMessage>`
    select m.slot, m.id, m.database_id as "databaseId", m.profile_id as "profileId", m.run_id as "runId",
           m.workflow_id as "workflowId", m.task_id as "taskId", m.node, m.channel, m.resource_id as "resourceId",
           m.template_id as "templateId", m.subscription_id as "subscriptionId", m.address, m.is_test as "isTest"
      from json_to_recordset(${JSON.stringify(messages)}::json) as k(slot smallint, id text)
      join message m on m.slot = k.slot and m.id = k.id
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What a message had been known of before. */
export interface FactsBefore {
  readonly id: string;
  readonly delivered: boolean;
  readonly opened: boolean;
  readonly clicked: boolean;
  readonly replied: boolean;
  readonly bounced: boolean;
  readonly complained: boolean;
  readonly unsubscribed: boolean;
}

/**
 * Adds facts to their messages, the first time of each kind being kept. Locks in order of id; the caller holds the runs.
 * @returns what was known before, by id.
 */
export async function recordMessageFacts(
  tx: Db,
  sums: readonly FactSums[],
): Promise<Map<string, FactsBefore>> {
  const { rows } = await sql<FactsBefore>`
    with fact as (
      select * from json_to_recordset(${JSON.stringify(sums)}::json)
        as f(slot smallint, id text, "deliveredAt" timestamptz, "openedAt" timestamptz, opens int,
             "clickedAt" timestamptz, clicks int, "repliedAt" timestamptz, "bouncedAt" timestamptz, bounce text,
             "complainedAt" timestamptz, "unsubscribedAt" timestamptz)
    ), held as (
      select m.slot, m.id, m.delivered_at is not null as delivered, m.opened_at is not null as opened,
             m.clicked_at is not null as clicked, m.replied_at is not null as replied,
             m.bounced_at is not null as bounced, m.complained_at is not null as complained,
             m.unsubscribed_at is not null as unsubscribed
        from message m
        join fact f on m.slot = f.slot and m.id = f.id
       order by m.id
         for update of m
    )
    update message m
       set delivered_at = coalesce(m.delivered_at, f."deliveredAt"),
           opened_at = coalesce(m.opened_at, f."openedAt"), opens = m.opens + f.opens,
           clicked_at = coalesce(m.clicked_at, f."clickedAt"), clicks = m.clicks + f.clicks,
           replied_at = coalesce(m.replied_at, f."repliedAt"),
           bounced_at = coalesce(m.bounced_at, f."bouncedAt"),
           bounce = case when m.bounce = 'hard' then m.bounce else coalesce(f.bounce, m.bounce) end,
           complained_at = coalesce(m.complained_at, f."complainedAt"),
           unsubscribed_at = coalesce(m.unsubscribed_at, f."unsubscribedAt")
      from fact f
      join held on held.slot = f.slot and held.id = f.id
     where m.slot = held.slot and m.id = held.id
    returning held.id, held.delivered, held.opened, held.clicked, held.replied, held.bounced, held.complained,
              held.unsubscribed
  `.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}
