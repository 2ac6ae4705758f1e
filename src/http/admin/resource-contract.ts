import { type Static, Type } from 'typebox';
import { channels, fieldTypes } from '../../profiles/index.ts';
import { closed, id, name, nullable, time } from './contract.ts';

/** Resources in /api/admin. */

const channel = Type.Enum(channels);
const text = Type.String({ minLength: 1, maxLength: 200 });
const timeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const cap = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }));

const policy = closed(
  {
    caps: Type.Optional(
      closed(
        { per_hour: cap, per_day: cap, per_week: cap, per_month: cap },
        'the most messages that one profile gets in that time',
      ),
    ),
    quiet_hours: Type.Optional(
      closed({ from: timeOfDay, to: timeOfDay }, 'when nothing is sent, in the time zone of the profile'),
    ),
  },
  'holds at the moment of sending',
);

const senders = closed(
  {
    email: Type.Optional(id),
    sms: Type.Optional(id),
    push: Type.Optional(id),
    notify: Type.Optional(id),
    viber: Type.Optional(id),
    whatsapp: Type.Optional(id),
    telegram_bot: Type.Optional(id),
  },
  'ids of senders by channel',
);

const subscriptionField = closed({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  type: Type.Enum(fieldTypes),
  options: Type.Optional(nullable(Type.Array(text, { minItems: 1, maxItems: 1000 }))),
  match: Type.Optional(Type.Boolean({ description: 'whether profiles may be matched by it (custom_sub)' })),
});

const settings = {
  databases: Type.Optional(
    Type.Array(id, {
      maxItems: 1000,
      uniqueItems: true,
      description: 'databases whose profiles may subscribe',
    }),
  ),
  channels: Type.Optional(Type.Array(channel, { uniqueItems: true })),
  categories: Type.Optional(Type.Array(text, { maxItems: 500, uniqueItems: true })),
  senders: Type.Optional(senders),
  policy: Type.Optional(policy),
  fields: Type.Optional(
    Type.Array(subscriptionField, {
      maxItems: 100,
      description: 'fields of its subscriptions; may be added, not taken away',
    }),
  ),
};

export const resourceBody = closed({ name, ...settings });
export const resourcePatch = Type.Partial(resourceBody, { additionalProperties: false, minProperties: 1 });
export const resource = Type.Object({
  id,
  name: Type.String(),
  databases: Type.Array(id, { description: 'those of them that the token may see' }),
  channels: Type.Array(channel),
  categories: Type.Array(Type.String()),
  senders,
  policy: Type.Unknown(),
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.Enum(fieldTypes),
      options: nullable(Type.Array(Type.String())),
      match: Type.Boolean(),
    }),
  ),
  created_at: time,
});
export type ResourcePatch = Static<typeof resourcePatch>;
export type ResourceObject = Static<typeof resource>;
