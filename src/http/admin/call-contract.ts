import { type Static, Type } from 'typebox';
import { callDecisions, callStates } from '../../workflow/index.ts';
import { closed, count, id, limit, nullable, query, time } from './contract.ts';

/** API calls in /api/admin. */

const objectId = Type.String({ pattern: '^[0-9a-f]{24}$' });

export const callParams = Type.Object({ id: objectId });
export const callQuery = closed({
  ...query,
  status: Type.Optional(Type.Enum(callStates)),
  workflow_id: Type.Optional(id),
  run_id: Type.Optional(objectId),
  host: Type.Optional(Type.String({ maxLength: 300, description: 'such as https://api.example' })),
  after: Type.Optional(objectId),
  limit: Type.Optional(limit),
});
export const decision = closed({
  as: Type.Enum(callDecisions, {
    description: 'done and skip let the run go on by next; repeat sends the call again, with the same key',
  }),
});
export const call = Type.Object({
  id: objectId,
  status: Type.Enum(callStates, {
    description:
      'held = its workflow is paused; unknown = settled so; parked = unknown, a person is to decide',
  }),
  database_id: id,
  workflow_id: id,
  version: Type.Integer(),
  node: Type.String(),
  run_id: Type.String(),
  profile_id: Type.String(),
  method: Type.String(),
  host: Type.String(),
  on_unknown: Type.Enum(['repeat', 'skip', 'park']),
  under_way: Type.Boolean(),
  attempts: count,
  retries_left: count,
  http_status: nullable(Type.Integer({ description: 'of the last answer' })),
  fault: nullable(Type.String({ description: 'what was wrong with the last try' })),
  due_at: nullable(time),
  created_at: time,
  settled_at: nullable(time),
});
export const callPage = Type.Object({ data: Type.Array(call), next_after: nullable(objectId) });
export type CallObject = Static<typeof call>;
