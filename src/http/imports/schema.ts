import type { FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { matchingModes } from '../../importer/index.ts';
import { failure } from '../v1.1/schemas.ts';

/** The shape of /api/imports for the OpenAPI document; nothing is checked by it. */

const flag = Type.Optional(Type.Boolean({ default: false }));
const document = Type.Optional(Type.String({ description: 'JSON' }));
const text = Type.Optional(Type.String());

const query = Type.Object({
  workflow_id: Type.Optional(Type.Integer({ description: 'the workflow that the profiles are sent into' })),
  db_id: Type.Optional(Type.Integer({ description: 'in place of workflow_id: imports and starts nothing' })),
  matching: Type.Optional(
    Type.Enum(matchingModes, { default: 'email', description: 'absent where lines have a custom_request' }),
  ),
  field_name: text,
  field_value: text,
  resource_id: Type.Optional(Type.Integer()),
  skip_triggers: flag,
  skip_invalid_subscriptions: flag,
  detect_geo: flag,
  content: document,
  custom_data: document,
  subscription_filter: document,
  add_to_segments: document,
  remove_from_segments: document,
});

const headers = Type.Object({
  'muster-import': Type.Optional(
    Type.String({
      description: 'the keys of the address as one JSON object, where they are too long for it',
    }),
  ),
  'request-id': Type.Optional(Type.String({ description: 'the same for every try of one import' })),
});

function failing(description: string): TSchema {
  return { ...failure, description };
}

export const importSchema: FastifySchema = {
  tags: ['imports'],
  summary: 'Import profiles from a stream of any length, one JSON object a line, as one task',
  consumes: ['application/x-ndjson'],
  querystring: query,
  headers,
  body: Type.String({ description: 'an item of `data` of import_and_start_batch_task on each line' }),
  response: {
    200: Type.Object({
      error: Type.Literal(0),
      error_text: Type.Literal('Successful operation'),
      task_id: Type.String({ format: 'uuid' }),
      total: Type.Integer({ description: 'rows that were taken, those at fault included' }),
    }),
    400: failing('a key, the coding or the whole of the body is not as expected'),
    401: failing('the token is missing, unknown or revoked'),
    403: failing('the token lacks the right, or the database'),
    404: failing('no such workflow, database or resource'),
    409: failing('the workflow is not active; the Request-ID was used for something else'),
    429: failing('too much waits already: again after Retry-After seconds'),
  },
};
