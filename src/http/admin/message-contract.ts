import { type Static, Type } from 'typebox';
import { messageDecisions, messageStates } from '../../messages/index.ts';
import { channels } from '../../profiles/index.ts';
import { closed, count, id, limit, nullable, query, time } from './contract.ts';

/** Messages in /api/admin. */

const objectId = Type.String({ pattern: '^[0-9a-f]{24}$' });

export const messageParams = Type.Object({ id: objectId });
export const messageQuery = closed({
  ...query,
  status: Type.Optional(Type.Enum(messageStates)),
  workflow_id: Type.Optional(id),
  run_id: Type.Optional(objectId),
  profile_id: Type.Optional(objectId),
  sender_id: Type.Optional(id),
  template_id: Type.Optional(id),
  task_id: Type.Optional(Type.String({ format: 'uuid' })),
  after: Type.Optional(objectId),
  limit: Type.Optional(limit),
});
export const messageDecision = closed({
  as: Type.Enum(messageDecisions, {
    description:
      'sent and skip let the run go on by next; repeat sends the message again, with the same Message-ID',
  }),
});
export const message = Type.Object({
  id: objectId,
  status: Type.Enum(messageStates, {
    description:
      'held = its workflow is paused; unknown = settled so; parked = unknown, a person is to decide; suppressed = it must not be sent',
  }),
  reason: nullable(Type.String()),
  database_id: id,
  profile_id: Type.String(),
  workflow_id: nullable(id),
  version: nullable(Type.Integer()),
  node: nullable(Type.String()),
  run_id: nullable(Type.String()),
  task_id: nullable(Type.String()),
  channel: Type.Enum(channels),
  resource_id: id,
  template_id: id,
  template_version: Type.Integer(),
  sender_id: id,
  subscription_id: nullable(Type.String()),
  address: nullable(Type.String({ description: 'null = erased with its profile' })),
  is_test: Type.Boolean(),
  on_unknown: Type.Enum(['repeat', 'skip', 'park']),
  under_way: Type.Boolean(),
  attempts: count,
  due_at: nullable(time),
  provider_id: nullable(Type.String()),
  answer: nullable(Type.String({ description: 'the last words of the server' })),
  created_at: time,
  sent_at: nullable(time),
  settled_at: nullable(time),
  delivered_at: nullable(time),
  opened_at: nullable(time),
  opens: count,
  clicked_at: nullable(time),
  clicks: count,
  replied_at: nullable(time),
  bounced_at: nullable(time),
  bounce: nullable(Type.Enum(['soft', 'hard'])),
  complained_at: nullable(time),
  unsubscribed_at: nullable(time),
});
export const messagePage = Type.Object({ data: Type.Array(message), next_after: nullable(objectId) });
export type MessageObject = Static<typeof message>;
