import { Type } from 'typebox';
import type { JsonValue } from '../../base/index.ts';
import { closed, freeObject, id, nullable, query, time } from '../admin/contract.ts';

/** GET and POST /api/events. */

const MAX_LIMIT = 10_000;
const MAX_WAIT_SECONDS = 30;

export const feedQuery = closed({
  ...query,
  after: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        'the next of the page before; absent = from the oldest event that is kept, end = from now on',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: 1000 })),
  types: Type.Optional(Type.String({ maxLength: 4_000, description: 'types of events, joined by commas' })),
  database_id: Type.Optional(id),
  profile_id: Type.Optional(Type.String({ pattern: '^[0-9a-f]{24}$' })),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_WAIT_SECONDS,
      description: 'seconds that the answer may take when there is nothing yet',
    }),
  ),
});

const event = Type.Object({
  event_id: Type.String(),
  event_type: Type.String(),
  event_date: time,
  profile_id: nullable(Type.String({ description: 'null = the profile was erased since' })),
  list_id: id,
  account_id: id,
  _md5: nullable(Type.String()),
  _xxh: nullable(Type.String()),
  custom_data: Type.Unknown(),
  event_data: Type.Unknown(),
  subscription: Type.Array(Type.Unknown()),
  is_test: Type.Boolean(),
});

export const feedPage = Type.Object({
  data: Type.Array(event),
  next: Type.String(),
  has_more: Type.Boolean({ description: 'a page may be short, even empty, and not be the last' }),
});

/** Who is meant stands in it as in an import: that part is open. */
export const eventBody = Type.Object(
  {
    database_id: id,
    event: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z][A-Za-z0-9_.:-]*$' }),
    data: Type.Optional(freeObject),
    custom_data: Type.Optional(freeObject),
    matching: Type.Optional(
      Type.String({ description: 'as in an import; absent = by the key that is given' }),
    ),
    profile_id: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    phone: Type.Optional(Type.String()),
    field_name: Type.Optional(Type.String()),
    field_value: Type.Optional(Type.Unsafe<JsonValue>(Type.Unknown())),
  },
  { additionalProperties: false },
);
export const raisedEvent = Type.Object({ profile_id: Type.String() });
