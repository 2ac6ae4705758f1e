import { type Static, Type } from 'typebox';
import { closed, count, freeObject, id, limit, nullable, query, time } from './contract.ts';

/** Queries and answers about runs. */

const runId = Type.String({ pattern: '^[0-9a-f]{24}$' });
const uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});
const status = Type.Enum(['active', 'waiting', 'ended', 'failed']);

export const runParams = Type.Object({ id: runId });
export const runQuery = closed({
  ...query,
  workflow_id: Type.Optional(id),
  profile_id: Type.Optional(runId),
  task_id: Type.Optional(uuid),
  status: Type.Optional(status),
  node: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  after: Type.Optional(runId),
  limit: Type.Optional(limit),
});

const wait = Type.Union(
  [
    Type.Object({ kind: Type.Literal('engine'), since: time }),
    Type.Object({ kind: Type.Literal('time'), until: time }),
    Type.Object({
      kind: Type.Enum(['api_call', 'message']),
      id: Type.String(),
      status: Type.String(),
      attempts: count,
      due_at: nullable(Type.String()),
      reason: nullable(Type.String()),
    }),
    Type.Object({
      kind: Type.Literal('event'),
      event: Type.String(),
      message_id: nullable(Type.String()),
      until: time,
    }),
    Type.Object({ kind: Type.Literal('nothing') }),
  ],
  { description: 'what the run waits for; null = it is over' },
);

const trailStep = Type.Unsafe<readonly [string, string, string] | readonly [string, string, string, string]>(
  Type.Array(Type.String(), {
    minItems: 3,
    maxItems: 4,
    description: 'node, outcome (an edge, waits, end, failed), time, and why or until when',
  }),
);

export const run = Type.Object({
  id: runId,
  database_id: id,
  profile_id: Type.String(),
  workflow_id: id,
  version: Type.Integer(),
  task_id: nullable(Type.String()),
  item_index: nullable(count),
  status,
  node: Type.String({ description: 'where it stands, or has ended' }),
  since: time,
  waits_for: nullable(wait),
  reason: nullable(Type.String()),
  started_at: time,
  ended_at: nullable(time),
  steps: count,
  trail: Type.Array(trailStep, { description: 'the latest 200 steps, the oldest first' }),
  content: nullable(freeObject),
  custom_data: nullable(freeObject),
  attach: Type.Array(Type.String(), { description: 'names of the files that it brings along' }),
});
export type RunObject = Static<typeof run>;

export const runPage = Type.Object({
  data: Type.Array(run),
  next_after: nullable(Type.String({ description: '`after` of the next page; null = this is the last' })),
});
