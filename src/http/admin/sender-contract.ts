import { type Static, Type } from 'typebox';
import { channels } from '../../profiles/index.ts';
import { closed, id, name, nullable, time } from './contract.ts';

/** Senders in /api/admin. */

/** What the room checks itself, so that all faults come together; here they are described. */
const emailKeys = {
  host: Type.Optional(Type.Unknown({ description: 'name or address of the SMTP server' })),
  port: Type.Optional(Type.Unknown({ description: '465, 587 or 25 by `secure`' })),
  secure: Type.Optional(
    Type.Unknown({
      description: 'tls, starttls or none; true = tls, false = none; by the port when absent',
    }),
  ),
  tls_reject_unauthorized: Type.Optional(
    Type.Unknown({ description: 'false = a certificate that cannot be verified is taken' }),
  ),
  user: Type.Optional(Type.Unknown()),
  password: Type.Optional(Type.Unknown({ description: 'kept sealed, never shown' })),
  from: Type.Optional(Type.Unknown({ description: '{address, name}, or `Name <address>`' })),
  reply_to: Type.Optional(Type.Unknown()),
  envelope_from: Type.Optional(
    Type.Unknown({ description: 'an address for bounces, or `@domain` for one of each message' }),
  ),
  dkim: Type.Optional(
    Type.Unknown({ description: '{domain, selector, private_key}; the key is never shown' }),
  ),
  pool: Type.Optional(Type.Unknown({ description: 'connections at once, 1 to 100, 5 when absent' })),
  messages_per_connection: Type.Optional(Type.Unknown({ description: '100 when absent' })),
  rate: Type.Optional(Type.Unknown({ description: 'messages in a second; null = no limit' })),
  headers: Type.Optional(Type.Unknown({ description: 'headers of every message' })),
  bounce: Type.Optional(
    Type.Unknown({
      description: 'the mailbox that bounces come to: {host, port, secure, user, password, folder}',
    }),
  ),
};

/** Of the other channels, see docs/gateways.md. */
const gatewayKeys = {
  request: Type.Optional(Type.Unknown({ description: 'how a message is handed over' })),
  answer: Type.Optional(Type.Unknown({ description: 'how the answer of the gateway is read' })),
  report: Type.Optional(Type.Unknown({ description: 'how its delivery reports are read' })),
  secrets: Type.Optional(
    Type.Unknown({ description: 'texts by name, for the request; kept sealed, never shown' }),
  ),
  concurrency: Type.Optional(Type.Unknown({ description: 'requests at once, of all workers' })),
  timeout: Type.Optional(Type.Unknown({ description: 'seconds' })),
  max_length: Type.Optional(Type.Unknown({ description: 'characters of a text' })),
};

export const senderBody = Type.Object({ name, channel: Type.Enum(channels), ...emailKeys, ...gatewayKeys });
export const senderPatch = Type.Object(
  { name: Type.Optional(name), ...emailKeys, ...gatewayKeys },
  { description: 'what is absent stays; null takes a key away' },
);
/** As it would be saved. */
export const senderDraft = Type.Object({
  id: Type.Optional(id),
  name: Type.Optional(Type.String()),
  channel: Type.Optional(Type.Enum(channels, { default: 'email' })),
  ...emailKeys,
});
export const sender = Type.Object(
  {
    id,
    name: Type.String(),
    channel: Type.Enum(channels),
    has_password: Type.Optional(Type.Boolean()),
    created_at: time,
    updated_at: time,
  },
  { description: 'with the keys of its channel, without secrets' },
);

export const verified = Type.Object({
  ok: Type.Boolean(),
  error: Type.Optional(Type.String({ description: 'what failed: the connection, TLS or the login' })),
});

export const testBody = closed({
  to: Type.String({ minLength: 3, maxLength: 320 }),
  template_id: Type.Optional(id),
});
export const tested = Type.Object({
  outcome: Type.Enum(['accepted', 'temporary', 'permanent', 'unknown']),
  answer: nullable(Type.String({ description: 'what the server has said' })),
});
export type TestedObject = Static<typeof tested>;
export type SenderObject = Static<typeof sender>;
