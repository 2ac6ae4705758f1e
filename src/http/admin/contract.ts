import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import { rights } from '../../accounts/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { itemErrorCodes, itemStates, taskStates } from '../../importer/index.ts';
import {
  buildStates,
  fieldTypes,
  sexNumberings,
  unknownFieldPolicies,
  valueTypes,
} from '../../profiles/index.ts';
import { reentryModes } from '../../workflow/index.ts';

/** Bodies, queries and answers of /api/admin: schemas for the server, types for those who call it. */

const MAX_ID = 2_147_483_647;

/** An object without other keys: a key that nobody reads is a mistake of the caller, who should hear of it. */
export function closed<P extends TProperties>(properties: P, description?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export const id = Type.Integer({ minimum: 1, maximum: MAX_ID });
export const name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
export const time = Type.String({ format: 'date-time' });
export const count = Type.Integer({ minimum: 0 });
/** Any JSON object: its keys are the caller's own. */
export const freeObject = Type.Unsafe<JsonObject>(Type.Record(Type.String(), Type.Unknown()));
export const limit = Type.Integer({ minimum: 1, maximum: 1000, default: 100 });
/** The token may stand in the address of every request. */
export const query = { token: Type.Optional(Type.String()) };

export const idParams = Type.Object({ id });
export const noQuery = closed(query);
const pageQuery = closed({ ...query, from_id: Type.Optional(id), limit: Type.Optional(limit) });

export const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.String({ description: 'the id of the request, as in the header x-request-id' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String(),
          message: Type.String(),
          line: Type.Optional(Type.Integer({ description: 'where in a template, from 1' })),
          column: Type.Optional(Type.Integer()),
        }),
      ),
    ),
  },
  { description: 'What went wrong (RFC 9457)' },
);
export type Problem = Static<typeof problem>;

const databaseSettings = {
  name,
  unknown_fields: Type.Optional(Type.Enum(unknownFieldPolicies)),
  phone_country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
  sex_numbers: Type.Optional(Type.Enum(sexNumberings)),
  unique_email: Type.Optional(
    Type.Boolean({ description: 'whether no two profiles may have one e-mail address of their own' }),
  ),
};
export const databaseBody = closed(databaseSettings);
export const databasePatch = Type.Partial(closed(databaseSettings), {
  additionalProperties: false,
  minProperties: 1,
});
export const database = Type.Object({
  id,
  name,
  unknown_fields: Type.Enum(unknownFieldPolicies),
  phone_country: Type.String({ description: 'phones without a + are read as numbers of this country' }),
  sex_numbers: Type.Enum(sexNumberings, { description: 'what the numbers of _sex mean, male/female' }),
  unique_email: Type.Boolean(),
  created_at: time,
});
export type DatabaseBody = Static<typeof databaseBody>;
export type DatabasePatch = Static<typeof databasePatch>;
export type DatabaseObject = Static<typeof database>;

const fieldSettings = {
  options: Type.Optional(
    nullable(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 })),
  ),
  match: Type.Optional(Type.Boolean({ description: 'whether profiles are found by it through an index' })),
  unique: Type.Optional(Type.Boolean({ description: 'whether no two profiles may have the same value' })),
  required: Type.Optional(Type.Boolean({ description: 'whether a new profile must have a value' })),
};
export const fieldBody = closed({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  type: Type.Optional(Type.Enum(fieldTypes, { description: 'can be left out for a standard field' })),
  ...fieldSettings,
});
export const fieldPatch = Type.Partial(closed(fieldSettings), {
  additionalProperties: false,
  minProperties: 1,
});
export const fieldParams = Type.Object({ id, field_id: id });
const buildProgress = {
  what: Type.Enum(['match', 'unique']),
  state: Type.Enum(buildStates, {
    description: 'clearing = what is no longer declared is deleted; it becomes failed or removed',
  }),
  done: count,
  total: nullable(count),
  fault: nullable(Type.String({ description: 'why the declaration was taken back' })),
  rows_per_second: nullable(Type.Number()),
  seconds_left: nullable(Type.Number()),
};
export const build = Type.Object({
  id,
  field: Type.String({ description: 'the name; email for unique_email' }),
  ...buildProgress,
  declared_at: time,
  started_at: nullable(time),
  finished_at: nullable(time),
});
export type BuildObject = Static<typeof build>;
export const field = Type.Object({
  id,
  name: Type.String(),
  type: Type.Enum(valueTypes),
  options: nullable(Type.Array(Type.String())),
  match: Type.Boolean(),
  indexed: Type.Boolean({
    description: 'whether matching and filters use its index, which must be complete',
  }),
  unique: Type.Boolean(),
  required: Type.Boolean(),
  build: nullable(Type.Object(buildProgress, { description: 'the last work on its index' })),
  created_at: time,
});
export type FieldBody = Static<typeof fieldBody>;
export type FieldObject = Static<typeof field>;

export const workflowBody = closed({
  name,
  database_id: id,
  reentry: Type.Optional(Type.Enum(reentryModes)),
  definition: freeObject,
});
export const workflowPatch = closed({
  name: Type.Optional(name),
  reentry: Type.Optional(Type.Enum(reentryModes)),
  definition: Type.Optional(freeObject),
});
export const workflow = Type.Object({
  id,
  name: Type.String(),
  database_id: id,
  reentry: Type.Enum(reentryModes),
  definition: Type.Unknown({ description: 'the draft; runs follow the published version' }),
  active: Type.Boolean(),
  paused_at: nullable(Type.Unsafe<string>({ ...time, description: 'since when its runs wait' })),
  published_version: nullable(Type.Integer()),
  created_at: time,
  updated_at: time,
});
export const workflowQuery = closed({
  ...pageQuery.properties,
  database_id: Type.Optional(id),
});
export const workflowStop = closed({
  runs: Type.Enum(['finish', 'end'], {
    description: 'what becomes of the runs inside: they go on to their end, or are ended now',
  }),
});
export const nodeCounts = Type.Object({
  version: Type.Integer(),
  node: Type.String(),
  active: count,
  waiting: count,
  passed: Type.Record(Type.String(), count, { description: 'runs that have left the node, by outcome' }),
});
export type WorkflowBody = Static<typeof workflowBody>;
export type WorkflowPatch = Static<typeof workflowPatch>;
export type WorkflowObject = Static<typeof workflow>;
export type NodeCountsObject = Static<typeof nodeCounts>;

export const tokenBody = closed({
  name,
  rights: Type.Array(Type.Enum(rights), { minItems: 1, uniqueItems: true }),
  database_ids: Type.Optional(nullable(Type.Array(id, { minItems: 1, maxItems: 1000, uniqueItems: true }))),
});
export const token = Type.Object({
  id,
  name: Type.String(),
  rights: Type.Array(Type.Enum(rights)),
  database_ids: nullable(Type.Array(id)),
  created_at: time,
  revoked_at: nullable(time),
});
export const createdToken = Type.Object({
  ...token.properties,
  token: Type.String({ description: 'the secret; shown this once' }),
});
export type TokenBody = Static<typeof tokenBody>;
export type TokenObject = Static<typeof token>;
export type CreatedTokenObject = Static<typeof createdToken>;

export const profile = Type.Object({
  id: Type.String(),
  database_id: id,
  fields: freeObject,
  subscriptions: Type.Array(freeObject),
  created_at: time,
  updated_at: time,
});
export const profileParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{24}$' }) });
export const profileQuery = closed({ ...query, database_id: id });
export const profileSearch = closed({
  ...profileQuery.properties,
  field: Type.Optional(Type.String({ description: 'email, phones or a match field' })),
  value: Type.Optional(Type.String()),
  filter: Type.Optional(Type.String({ description: 'a filter as JSON, docs/query-language.md' })),
  after: Type.Optional(Type.String({ description: 'the next_after of the page before' })),
  limit: Type.Optional(limit),
});
export type ProfileObject = Static<typeof profile>;

const parentItem = Type.Optional(
  Type.Integer({ description: 'the item of the parent task that this one tries again' }),
);
const itemResult = Type.Union([
  Type.Object({ profile_id: Type.String(), parent_item: parentItem }),
  Type.Object({
    error: Type.Integer(),
    error_text: Type.String(),
    field: Type.Optional(Type.String()),
    parent_item: parentItem,
  }),
]);
/** Item states and start states: CONTRACT.md 3. */
const counterNames = ['total', ...itemStates, 'started', 'skipped_reentry'] as const;
const taskKeys = {
  status: Type.Enum(taskStates),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  result: Type.Optional(
    Type.Object({ error: Type.Integer(), error_text: Type.String(), result: Type.Array(itemResult) }),
  ),
  counters: Type.Record(Type.Enum(counterNames), count),
  runs: Type.Object({ active: count, waiting: count, ended: count, failed: count }),
  accepted_at: time,
  started_at: nullable(time),
  finished_at: nullable(time),
  expires_at: time,
  rows_per_second: nullable(Type.Number()),
  seconds_left: nullable(Type.Number()),
  queue_place: nullable(Type.Integer()),
  parent_id: nullable(Type.String({ description: 'the task whose failed items this one tries again' })),
};
/** What `tasks/status` of /api/v1.1 answers as `data`. */
export const taskData = Type.Object(taskKeys);
export const task = Type.Object({
  id: Type.String({ format: 'uuid' }),
  database_id: id,
  workflow_id: nullable(id),
  ...taskKeys,
});
const uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});
export const taskParams = Type.Object({ id: uuid });
export const taskQuery = closed({
  ...query,
  database_id: Type.Optional(id),
  workflow_id: Type.Optional(id),
  status: Type.Optional(Type.Enum(taskStates)),
  after: Type.Optional(uuid),
  limit: Type.Optional(limit),
});
export const taskResultQuery = closed({
  ...query,
  result_from: Type.Optional(count),
  result_limit: Type.Optional(count),
});
export const retryKeys = {
  codes: Type.Optional(
    Type.Array(Type.Enum(itemErrorCodes), { description: 'the errors whose items are tried again' }),
  ),
  data: Type.Optional(
    Type.Array(Type.Object({ item: count, data: freeObject }), {
      description: 'items to be tried again in a corrected form; without codes, they alone',
    }),
  ),
};
export const retryBody = closed(retryKeys);
export const retriedTask = Type.Object({ id: uuid, total: count, left: count });
/** Lists in addresses are words with commas between them. */
export const reportQuery = closed({
  ...query,
  format: Type.Optional(Type.Enum(['json', 'csv', 'ndjson'])),
  states: Type.Optional(Type.String({ pattern: `^(${itemStates.join('|')})(,(${itemStates.join('|')}))*$` })),
  codes: Type.Optional(Type.String({ pattern: '^\\d{3}(,\\d{3})*$' })),
});
/** An item of a task, in a report. */
export const reportRow = Type.Object({
  item: count,
  parent_item: parentItem,
  state: Type.Enum(itemStates),
  profile_id: Type.Optional(Type.String()),
  error: Type.Optional(Type.Integer()),
  error_text: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  pointer: Type.Optional(Type.String({ description: 'where in the row the error lies, a JSON pointer' })),
  start: Type.Optional(Type.Enum(['started', 'skipped_reentry'])),
  run: Type.Optional(
    Type.Object({
      id: Type.String(),
      status: Type.Enum(['active', 'waiting', 'ended', 'failed']),
      node: Type.String(),
      reason: nullable(Type.String()),
    }),
  ),
  skipped_subscriptions: Type.Optional(Type.Array(Type.Unknown())),
  row: Type.Unknown({ description: 'the item as it was sent; null = it was not worth storing' }),
});
export const report = Type.Object({ data: Type.Array(reportRow) });
export type TaskData = Static<typeof taskData>;
export type TaskObject = Static<typeof task>;

/** A page of a list by ids. */
export function page<T extends TSchema>(item: T) {
  return Type.Object({
    data: Type.Array(item),
    next_from_id: nullable(id),
    total: count,
  });
}

export const profilePage = Type.Object({
  data: Type.Array(profile),
  next_after: nullable(Type.String()),
});

export const taskPage = Type.Object({ data: Type.Array(task), next_after: nullable(Type.String()) });
