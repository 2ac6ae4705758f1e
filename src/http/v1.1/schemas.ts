import { type TSchema, Type } from 'typebox';
import {
  type ImportRules,
  itemErrorCodes,
  itemStates,
  matchingModes,
  taskStates,
} from '../../importer/index.ts';
import { reportRow, retryKeys, taskData } from '../admin/contract.ts';

/** Shapes of /api/v1.1 for the OpenAPI document; nothing is checked by them. */

const tokenKey = Type.String({ description: 'API token, unless it stands in the header or the address' });

export const commonKeys = {
  token: Type.Optional(tokenKey),
  format: Type.Optional(
    Type.Enum(['json', 'xml'], { description: 'of the answer; that of the body where it is not given' }),
  ),
};

export const failure = Type.Object(
  {
    error: Type.Enum([400, 401, 403, 404, 409, 429, 500]),
    error_debug: Type.Optional(Type.String({ description: 'the field at fault and what was expected' })),
    error_text: Type.String(),
  },
  { description: 'Failures have HTTP status 200 too, unless MUSTER_HTTP_STATUS is mirror' },
);

export const successKeys = {
  error: Type.Literal(0),
  error_text: Type.Literal('Successful operation'),
};

const matchingKeys = {
  matching: Type.Optional(
    Type.Enum(matchingModes, { default: 'email', description: 'absent where there is a custom_request' }),
  ),
  email: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  profile_id: Type.Optional(Type.String()),
  field_name: Type.Optional(Type.String({ description: 'for matching custom and custom_sub' })),
  field_value: Type.Optional(Type.Unknown({ description: 'for matching custom and custom_sub' })),
  provider: Type.Optional(Type.String({ description: 'for matching push_sub' })),
  subscription_id: Type.Optional(Type.String({ description: 'for matching push_sub' })),
  resource_id: Type.Optional(Type.Integer({ description: 'whose subscriptions are looked in' })),
  custom_request: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'a MongoDB filter over the profile' }),
  ),
};

const flagKeys = {
  skip_triggers: Type.Optional(Type.Boolean({ default: false })),
  skip_invalid_subscriptions: Type.Optional(Type.Boolean({ default: false })),
  detect_geo: Type.Optional(Type.Boolean({ default: false })),
};

const runKeys = {
  content: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: '{apicontent.x} in templates' }),
  ),
  custom_data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

const segmentKeys = {
  add_to_segments: Type.Optional(Type.Array(Type.Integer())),
  remove_from_segments: Type.Optional(Type.Array(Type.Integer())),
};

const fields = Type.Record(Type.String(), Type.Unknown(), {
  description: 'fields of the profile, and its subscriptions',
});

const dataOf = {
  wrapped: Type.Array(Type.Object({ data: fields, ...matchingKeys, ...flagKeys, ...runKeys }), {
    description:
      'the profiles; a bare profile object as item, and a single object instead of a list, will do too',
  }),
  bare: Type.Array(fields, { description: 'the profiles' }),
  one: fields,
  none: Type.Optional(Type.Unknown()),
};

/** The body of a method that imports, by its rules. */
export function importBody({ items, missing, workflowKey }: ImportRules): TSchema {
  return Type.Object({
    ...commonKeys,
    [workflowKey ?? 'db_id']: Type.Integer(),
    ...(missing === 'add' ? {} : matchingKeys),
    ...(workflowKey === undefined ? segmentKeys : runKeys),
    ...flagKeys,
    dry_run: Type.Optional(Type.Boolean({ description: 'says what would happen and does nothing' })),
    data: dataOf[items],
  });
}

export const importAnswer = Type.Object({ ...successKeys, task_id: Type.String({ format: 'uuid' }) });

const itemAnswer = Type.Object({
  error: Type.Integer(),
  error_text: Type.String(),
  profile_id: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  start: Type.Optional(Type.Enum(['started', 'skipped_reentry'])),
});

/** Of methods for many profiles: `result` in the order of the request. */
export const batchAnswer = Type.Object({ ...successKeys, result: Type.Array(itemAnswer) });

/** Of methods for one profile. */
export const profileAnswer = Type.Object({ ...successKeys, profile_id: Type.String() });

export const segstaticBody = Type.Object({
  ...commonKeys,
  db_id: Type.Integer(),
  segment_id: Type.Integer(),
  profile_id: Type.String(),
  skip_triggers: flagKeys.skip_triggers,
});

export const statusBody = Type.Object({
  ...commonKeys,
  task_id: Type.String(),
  result_from: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  result_limit: Type.Optional(Type.Integer({ minimum: 0 })),
});

export const statusAnswer = Type.Object({ data: taskData, ...successKeys });

export const uploadBody = Type.Object({
  ...commonKeys,
  header: Type.String({ description: 'name of the file' }),
  data: Type.String({ description: 'data:text/csv;base64,…, or base64 alone' }),
});

export const uploadAnswer = Type.Object({
  data: Type.Object({ file: Type.String({ format: 'uuid', description: 'the file_key for attach' }) }),
  ...successKeys,
});

export const taskBody = Type.Object({ ...commonKeys, task_id: Type.String() });

const tableKeys = {
  ...commonKeys,
  format: Type.Optional(Type.Enum(['json', 'xml', 'csv', 'ndjson'], { description: 'of the answer' })),
};

export const taskListBody = Type.Object({
  ...tableKeys,
  db_id: Type.Optional(Type.Integer()),
  workflow_id: Type.Optional(Type.Integer()),
  status: Type.Optional(Type.Enum(taskStates)),
  after: Type.Optional(Type.String({ description: 'the next_after of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000 })),
});

const listedTask = {
  task_id: Type.String({ format: 'uuid' }),
  db_id: Type.Integer(),
  workflow_id: Type.Union([Type.Integer(), Type.Null()]),
};
/** In the order in which answers print them; a task in a list has no result. */
export const taskListColumns: readonly string[] = Object.keys({
  ...listedTask,
  ...taskData.properties,
}).filter((key) => key !== 'result');

export const taskListAnswer = Type.Object({
  data: Type.Array(Type.Object({ ...listedTask, ...taskData.properties })),
  next_after: Type.Union([Type.String(), Type.Null()]),
  ...successKeys,
});

export const retryBody = Type.Object({ ...commonKeys, task_id: Type.String(), ...retryKeys });

export const retryAnswer = Type.Object({
  ...successKeys,
  task_id: Type.String({ format: 'uuid' }),
  total: Type.Integer(),
  left: Type.Integer({ description: 'items that were too many for one task; ask again for them' }),
});

export const reportBody = Type.Object({
  ...tableKeys,
  task_id: Type.String(),
  from: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000, default: 1000 })),
  states: Type.Optional(Type.Array(Type.Enum(itemStates))),
  codes: Type.Optional(Type.Array(Type.Enum(itemErrorCodes))),
});

export const reportAnswer = Type.Object({
  data: Type.Array(reportRow),
  next_from: Type.Union([Type.Integer(), Type.Null()]),
  ...successKeys,
});
/** The body of a method about one profile that is there. */
export const oneProfileBody = Type.Object({ ...commonKeys, db_id: Type.Integer(), ...matchingKeys });

const subscription = Type.Record(Type.String(), Type.Unknown(), {
  description: 'hash_id, resource_id, channel, its contact, status, priority, cats and custom_fields',
});

export const profileDataAnswer = Type.Object({
  data: Type.Record(Type.String(), Type.Unknown(), {
    description: 'the fields of the profile, the service fields, and subscriptions',
  }),
  ...successKeys,
});

export const deletedProfileAnswer = Type.Object({
  data: Type.Object({ profile_id: Type.String() }),
  ...successKeys,
  profile_id: Type.String(),
});

export const subscriptionsAnswer = Type.Object({ data: Type.Array(subscription), ...successKeys });
export const subscriptionAnswer = Type.Object({ data: subscription, ...successKeys });

const subscriptionKeys = {
  resource_id: Type.Optional(Type.Integer()),
  channel: Type.Optional(Type.String()),
  cc_data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/** The body of a method about one subscription of a profile. */
export const oneSubscriptionBody = Type.Object({
  ...commonKeys,
  db_id: Type.Integer(),
  hash_id: Type.Optional(Type.String()),
  ...matchingKeys,
  ...subscriptionKeys,
});

export const setSubscriptionsBody = Type.Object({
  ...commonKeys,
  db_id: Type.Integer(),
  ...matchingKeys,
  ...subscriptionKeys,
  status: Type.Optional(Type.Unknown({ description: 'a word, or its number from 0 to 6' })),
  priority: Type.Optional(Type.Integer()),
  custom_fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  cats: Type.Optional(Type.Array(Type.String())),
  date: Type.Optional(Type.String()),
  ip: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  subscription: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  subscriptions: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  skip_triggers: Type.Optional(Type.Boolean({ default: false })),
  dry_run: Type.Optional(Type.Boolean({ description: 'says what would happen and does nothing' })),
});

export const setSubscriptionsAnswer = Type.Object({
  ...successKeys,
  profile_id: Type.String(),
  hash_id: Type.String(),
  hash_ids: Type.Optional(Type.Array(Type.String(), { description: 'where several were set' })),
});

export const workflowsAnswer = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      list_id: Type.Integer({ description: 'the database' }),
      is_active: Type.Boolean(),
      ui_tags: Type.Array(Type.String()),
      groups: Type.Array(Type.Unknown()),
      mode: Type.Enum(['skip', 'never', 'restart', 'each']),
      nodes: Type.Array(
        Type.Object({
          name: Type.String(),
          type: Type.String(),
          node_id: Type.Integer({ description: 'its place in the definition, from 0' }),
          key: Type.String({ description: 'its id in the definition' }),
        }),
      ),
    }),
  ),
  ...successKeys,
  next_from_id: Type.Integer(),
  total: Type.Integer(),
});

const workflowKeys = { ...commonKeys, id: Type.Integer() };

export const activateBody = Type.Object({
  ...workflowKeys,
  skip_profiles: Type.Optional(Type.Boolean({ default: false, description: 'ends all runs inside before' })),
});
export const deactivateBody = Type.Object(workflowKeys);
export const nullAnswer = Type.Object({ data: Type.Null(), ...successKeys });
