import { type Static, Type } from 'typebox';
import { closed, count, freeObject, id, limit, nullable, query, time } from './contract.ts';

/** What /api/admin says of workflows beyond the workflows themselves. */

const nodeOutput = Type.Object({
  key: Type.String({ description: 'of the node; branches[].next for those of a split' }),
  outcome: Type.String({ description: 'as counts name it; branch for `branch 1` and so on' }),
  description: Type.String(),
});
const nodeType = Type.Object({
  type: Type.String(),
  description: Type.String(),
  schema: Type.Unknown({ description: 'JSON Schema of its keys but id and type, and but its edges' }),
  outputs: Type.Array(nodeOutput),
});
export const nodeTypeList = Type.Object({ data: Type.Array(nodeType) });
export type NodeTypeObject = Static<typeof nodeType>;

export const workflowCheck = closed({
  database_id: id,
  workflow_id: Type.Optional(id),
  definition: freeObject,
});
const fault = Type.Object({
  node: nullable(Type.String()),
  path: Type.String({ description: 'within the node, or within the definition' }),
  message: Type.String(),
});
export const workflowFaults = Type.Object({ faults: Type.Array(fault) });
export type WorkflowFault = Static<typeof fault>;

const MAX_COUNTED = 1000;
export const runSumsQuery = closed({
  ...query,
  ids: Type.String({
    pattern: `^[1-9][0-9]{0,8}(,[1-9][0-9]{0,8}){0,${MAX_COUNTED - 1}}$`,
    description: 'ids of workflows, joined by commas',
  }),
});
const runSum = Type.Object({ workflow_id: id, active: count, waiting: count, failed: count });
export const runSums = Type.Object({ data: Type.Array(runSum) });
export type RunSumsObject = Static<typeof runSums>;

export const versionQuery = closed({ ...query, after: Type.Optional(id), limit: Type.Optional(limit) });
const version = Type.Object({
  version: Type.Integer(),
  published_at: time,
  published_by: nullable(Type.String({ description: 'the user or token, where it is known' })),
  definition: Type.Unknown(),
});
export const versionPage = Type.Object({ data: Type.Array(version), next_after: nullable(id) });
export type WorkflowVersionObject = Static<typeof version>;

const choice = closed({
  edge: Type.Optional(Type.Enum(['next', 'error', 'no_address', 'timed_out'])),
  answer: Type.Optional(Type.Unknown()),
});
export const testRunBody = closed({
  profile_id: Type.String({ pattern: '^[0-9a-f]{24}$' }),
  content: Type.Optional(freeObject),
  definition: Type.Optional(freeObject),
  choices: Type.Optional(Type.Record(Type.String(), choice)),
});
const effect = Type.Union([
  Type.Object({
    kind: Type.Literal('api_call'),
    method: Type.String(),
    url: Type.String(),
    headers: Type.Record(Type.String(), Type.String()),
    body: nullable(Type.String()),
  }),
  Type.Object({
    kind: Type.Literal('message'),
    channel: Type.String(),
    address: Type.String(),
    template_id: id,
    sender_id: id,
    subject: Type.String(),
    html: Type.String(),
    text: Type.String(),
  }),
]);
const testStep = Type.Object({
  node: Type.String(),
  type: Type.String(),
  outcome: Type.String({ description: 'the edge it left by, waits, end, failed or jump' }),
  detail: nullable(Type.String()),
  effect: nullable(effect),
});
export const testRun = Type.Object({
  steps: Type.Array(testStep),
  end: Type.Enum(['ended', 'failed', 'stopped']),
  reason: nullable(Type.String()),
  fields: freeObject,
});
export type TestStepObject = Static<typeof testStep>;
export type TestRunObject = Static<typeof testRun>;
