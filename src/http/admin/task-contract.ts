import { type Static, Type } from 'typebox';
import { closed, count, task, taskQuery } from './contract.ts';

/** What /api/admin says of tasks beyond the tasks themselves. */

/** More than a page of the web UI shows. */
const MAX_FOLLOWED = 200;
const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const { token, database_id, workflow_id, status } = taskQuery.properties;
export const streamQuery = closed({
  ...{ token, database_id, workflow_id, status },
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_FOLLOWED, description: 'how many of the newest are followed' }),
  ),
  ids: Type.Optional(
    Type.String({
      pattern: `^${UUID}(,${UUID}){0,${MAX_FOLLOWED - 1}}$`,
      description: 'the tasks that are followed, joined by commas, in the place of the newest',
    }),
  ),
});
/** The `data` of an event named `tasks`. */
export const taskNews = Type.Object({
  data: Type.Array(task, {
    description: 'at first all that are followed, then those that are new or have changed',
  }),
});
export type TaskNews = Static<typeof taskNews>;

const failureGroup = Type.Object({
  code: Type.Integer(),
  field: Type.Optional(Type.String()),
  reason: Type.String({ description: 'without the value at fault' }),
  count,
  examples: Type.Array(Type.Object({ item: count, error_text: Type.String(), row: Type.Unknown() })),
});
export const failures = Type.Object({
  data: Type.Array(failureGroup, { description: 'the most frequent first' }),
  others: Type.Integer({ description: 'items that failed for reasons beyond the first hundred' }),
});
export type FailureGroupObject = Static<typeof failureGroup>;
export type FailuresObject = Static<typeof failures>;
