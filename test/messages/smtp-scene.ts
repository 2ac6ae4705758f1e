import {
  createSmtpChannel,
  type SmtpChannelDeps,
} from '../../src/messages/channels/smtp/create-smtp-channel.ts';
import type { Outgoing, RenderedContent, SenderChannel } from '../../src/messages/message.ts';
import type { SmtpSettings } from '../../src/messages/senders/sender.ts';
import { createVault } from '../../src/vault/index.ts';

const CREATED_AT = new Date('2026-03-02T10:00:00.000Z');
export const vault = createVault(Buffer.alloc(32, 7));

export function smtpSettings(port: number, changes: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    kind: 'smtp',
    host: '127.0.0.1',
    port,
    secure: 'none',
    tlsRejectUnauthorized: true,
    user: null,
    from: { address: 'shop@example.com', name: 'Магазин «Ёлка»' },
    replyTo: null,
    envelopeFrom: null,
    dkim: null,
    pool: 2,
    messagesPerConnection: 100,
    rate: null,
    headers: {},
    bounce: null,
    ...changes,
  };
}

export function openChannel(
  settings: SmtpSettings,
  more: { secrets?: Record<string, string>; openFile?: SmtpChannelDeps['openFile'] } = {},
): SenderChannel {
  const { secrets = {}, openFile = async () => undefined } = more;
  const sender = { id: 1, channel: 'email', settings, secrets, updatedAt: CREATED_AT } as const;
  return createSmtpChannel({ sender, vault, openFile });
}

/** Message n, to `nobody@example.net` unless told. */
export function outgoing(
  number: number,
  changes: Partial<Omit<Outgoing, 'content'>> & { content?: Partial<RenderedContent> } = {},
): Outgoing {
  const { content, ...rest } = changes;
  return {
    slot: 5,
    id: number.toString(16).padStart(24, '0'),
    profileId: 'a'.repeat(24),
    channel: 'email',
    address: 'nobody@example.net',
    createdAt: CREATED_AT,
    attempts: 0,
    ...rest,
    content: {
      subject: 'Привет, Анна',
      html: '<p>Здравствуйте, <b>Анна</b>!</p>',
      text: '',
      headers: {},
      attachments: [],
      unsubscribeUrl: null,
      ...content,
    },
  };
}
