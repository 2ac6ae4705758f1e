import { type Static, Type } from 'typebox';
import { deliveryStatuses, oauth2Auths } from '../../hooks/index.ts';
import { closed, count, freeObject, id, limit, name, nullable, query, time } from './contract.ts';

/** Hooks in /api/admin. */

const MAX_BATCH = 10_000;
const MAX_TIMEOUT_SECONDS = 3_600;
const MAX_IDS = 1_000;
const MAX_KEEP_HOURS = 168;

const url = Type.String({ minLength: 1, maxLength: 2_000 });
const uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const ids = nullable(Type.Array(id, { minItems: 1, maxItems: MAX_IDS, uniqueItems: true }));
const eventTypeList = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  minItems: 1,
  maxItems: 200,
  uniqueItems: true,
});
const secretText = Type.String({ minLength: 1, maxLength: 8_000, pattern: '^[\\x20-\\x7e]+$' });
const place = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'a cursor of GET /api/events, or an RFC 3339 time',
});

const filters = closed({
  database_ids: Type.Optional(ids),
  resource_ids: Type.Optional(ids),
  workflow_ids: Type.Optional(ids),
});
const oauth2Parts = {
  token_url: url,
  client_id: Type.String({ minLength: 1, maxLength: 500 }),
  scope: Type.Optional(nullable(Type.String({ maxLength: 1_000 }))),
  auth: Type.Optional(Type.Enum(oauth2Auths)),
};

const settings = {
  url,
  events: Type.Optional(nullable(eventTypeList)),
  filters: Type.Optional(filters),
  batch_size: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_BATCH, default: 100 })),
  batch_timeout: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_TIMEOUT_SECONDS, default: 5, description: 'seconds' }),
  ),
  success_pattern: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 500, description: 'what the answer must hold' })),
  ),
  header: Type.Optional(
    nullable(closed({ name: Type.String({ pattern: '^[A-Za-z0-9-]{1,100}$' }), value: secretText })),
  ),
  oauth2: Type.Optional(nullable(closed({ ...oauth2Parts, client_secret: Type.Optional(secretText) }))),
  custom_data: Type.Optional(freeObject),
  active: Type.Optional(Type.Boolean()),
};

export const hookBody = closed({ name, ...settings, since: Type.Optional(place) });
export const hookPatch = closed({ ...settings, name: Type.Optional(name), url: Type.Optional(url) });
/** As they would be saved. */
export const hookDraft = closed({
  ...settings,
  name: Type.Optional(Type.String()),
  url: Type.Optional(url),
  id: Type.Optional(id),
});
export type HookPatch = Static<typeof hookPatch>;

const hookParts = {
  id,
  name: Type.String(),
  url: Type.String(),
  events: nullable(Type.Array(Type.String())),
  filters: Type.Object({
    database_ids: nullable(Type.Array(id)),
    resource_ids: nullable(Type.Array(id)),
    workflow_ids: nullable(Type.Array(id)),
  }),
  batch_size: count,
  batch_timeout: count,
  success_pattern: nullable(Type.String()),
  header: nullable(Type.Object({ name: Type.String() })),
  oauth2: nullable(
    Type.Object({
      token_url: Type.String(),
      client_id: Type.String(),
      scope: nullable(Type.String()),
      auth: Type.Enum(oauth2Auths),
    }),
  ),
  custom_data: Type.Unknown(),
  active: Type.Boolean(),
  inactive_reason: nullable(Type.String()),
  missed_at: nullable(time),
  created_at: time,
  updated_at: time,
};
export const hook = Type.Object(hookParts);
export type HookObject = Static<typeof hook>;
const secret = Type.String({ description: 'signs deliveries; shown in this answer only' });
export const createdHook = Type.Object({ ...hookParts, secret });
export const hookWithLag = Type.Object({
  ...hookParts,
  lag: Type.Object({
    events: Type.Integer({ minimum: 0, description: 'events that no delivery has yet' }),
    more: Type.Boolean({ description: 'whether there are more than were counted' }),
    oldest_seconds: nullable(Type.Number({ description: 'age of the oldest of them' })),
    queued_deliveries: count,
    parked_deliveries: count,
  }),
});

export const hookPing = Type.Object({
  ok: Type.Boolean(),
  http_status: nullable(Type.Integer()),
  fault: nullable(Type.String()),
  answer: nullable(Type.String({ description: 'the beginning of the body' })),
});

export const rotateBody = closed({
  keep_hours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_KEEP_HOURS,
      default: 24,
      description: 'for how long the secret before signs as well',
    }),
  ),
});
export const rotatedSecret = Type.Object({ secret, former_until: nullable(time) });

export const deliveryQuery = closed({
  ...query,
  status: Type.Optional(Type.Enum(deliveryStatuses)),
  after: Type.Optional(uuid),
  limit: Type.Optional(limit),
});
export const deliveryPage = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ description: 'webhook-id' }),
      status: Type.Enum(deliveryStatuses),
      events: count,
      first_event: Type.String(),
      last_event: Type.String(),
      tries: count,
      due_at: nullable(time),
      last_tried_at: nullable(time),
      give_up_at: nullable(time),
      http_status: nullable(Type.Integer()),
      fault: nullable(Type.String()),
      answer: nullable(Type.String()),
      preview: Type.String({ description: 'the beginning of the body' }),
      created_at: time,
      settled_at: nullable(time),
    }),
  ),
  next_after: nullable(Type.String()),
});

export const replayBody = closed({
  deliveries: Type.Optional(Type.Array(uuid, { minItems: 1, maxItems: 1_000, uniqueItems: true })),
  parked: Type.Optional(Type.Literal(true)),
  from: Type.Optional(place),
  to: Type.Optional(place),
});
export const replayed = Type.Object({
  deliveries: nullable(
    Type.Integer({
      minimum: 0,
      description: 'made due; null = a stretch of the log is cut anew in the background',
    }),
  ),
});
