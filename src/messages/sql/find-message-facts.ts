import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** What the recipient has done with a message so far. */
export interface MessageFacts {
  readonly id: string;
  readonly delivered: boolean;
  readonly opened: boolean;
  readonly clicked: boolean;
  readonly replied: boolean;
}

/**
 * The latest message of each run, by the run's id: of any node, or of the one that is named. A click is an opening, and
 * an opening a delivery, also where the earlier one was never told. Runs without such a message are left out.
 */
export async function findMessageFacts(
  tx: Db,
  runs: readonly { slot: number; runId: string }[],
  node: string | null,
): Promise<Map<string, MessageFacts>> {
  const { rows } = await sql<MessageFacts & { run_id: string }>`
    select k."runId" as run_id, m.id,
           coalesce(m.delivered_at, m.opened_at, m.clicked_at) is not null as delivered,
           coalesce(m.opened_at, m.clicked_at) is not null as opened,
           m.clicked_at is not null as clicked, m.replied_at is not null as replied
      from json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, "runId" text)
     cross join lateral (
       select id, delivered_at, opened_at, clicked_at, replied_at
         from message
        where slot = k.slot and run_id = k."runId" and (${node}::text is null or node = ${node}::text)
        order by id desc
        limit 1
     ) m
  `.execute(tx);
  return new Map(rows.map(({ run_id: runId, ...facts }) => [runId, facts]));
}
