import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { NewMessage } from '../message.ts';

/** A temporary refusal is final this long after the message was queued. */
const GIVE_UP_HOURS = 72;

/** Queues messages, due at once, in the transaction that moves their runs. */
export async function insertMessages(
  tx: Db,
  scope: { readonly databaseId: number; readonly workflowId: number; readonly version: number },
  messages: readonly NewMessage[],
  now: Date,
): Promise<void> {
  await sql`
    insert into message (slot, id, database_id, profile_id, run_id, workflow_id, version, node, task_id, share,
                         channel, resource_id, template_id, template_version, sender_id, subscription_id, address,
                         on_unknown, status, due_at, give_up_at, created_at)
    select slot, id, ${scope.databaseId}::int, "profileId", "runId", ${scope.workflowId}::int, ${scope.version}::int,
           node, "taskId", share, channel, "resourceId", "templateId", "templateVersion", "senderId",
           "subscriptionId", address, "onUnknown", 'queued', ${now}::timestamptz,
           ${now}::timestamptz + make_interval(hours => ${GIVE_UP_HOURS}::int), ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(messages)}::json)
        as m(slot smallint, id text, "profileId" text, "runId" text, node text, "taskId" uuid, share smallint,
             channel text, "resourceId" int, "templateId" int, "templateVersion" int, "senderId" int,
             "subscriptionId" text, address text, "onUnknown" text)
  `.execute(tx);
}
