import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer/lib/mailer';
import { isObject, toError } from '../../../base/index.ts';
import type { Vault } from '../../../vault/index.ts';
import type { DeliveryOutcome, Outgoing, SenderChannel } from '../../message.ts';
import type { OpenedSender, SmtpSettings } from '../../senders/sender.ts';
import { classifyFault } from './classify.ts';
import { composeMail, type OpenFile } from './compose-mail.ts';
import { transportOptions } from './transport-options.ts';

const MAX_ANSWER_LENGTH = 500;

export interface SmtpChannelDeps {
  readonly sender: OpenedSender & { readonly settings: SmtpSettings };
  readonly vault: Vault;
  readonly openFile: OpenFile;
}

/** Follows one message through the library: whether its last byte has left for the server. */
class Passage {
  #stream: Readable | undefined;

  /** Past the end of the stream the library sends the final dot: from there on the server may have taken the message. */
  get wholeSent(): boolean {
    return this.#stream?.readableEnded ?? false;
  }

  /** Stands between the library and the bytes: it asks for them anew when it changes the connection. */
  watch(create: () => Readable): Readable {
    if (this.wholeSent) {
      return new Readable({
        read() {
          this.destroy(new Error('the message was sent already'));
        },
      });
    }
    this.#stream = create();
    return this.#stream;
  }
}

function textOf(thrown: unknown, key: string): string | undefined {
  const value = isObject(thrown) ? thrown[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function outcomeOf(thrown: unknown, wholeSent: boolean): DeliveryOutcome {
  return classifyFault({
    code: textOf(thrown, 'code') ?? '',
    message: toError(thrown).message,
    response: textOf(thrown, 'response'),
    wholeSent,
  });
}

/** Sends e-mail by one SMTP server, over connections that it keeps open. Connects when the first message comes. */
export function createSmtpChannel(deps: SmtpChannelDeps): SenderChannel {
  const { sender, vault, openFile } = deps;
  const { settings, secrets } = sender;
  const transport = createTransport({
    ...transportOptions(settings, secrets['password']),
    pool: true,
  });
  // A connection's faults are told to the message that it carries; without a listener one of a resting connection would end the process.
  transport.on('error', () => {});
  const passages = new WeakMap<object, Passage>();
  transport.use('stream', (mail, done) => {
    const passage = passages.get(mail.data.envelope ?? {});
    const { message } = mail;
    const create = message.createReadStream.bind(message);
    if (passage !== undefined) message.createReadStream = (options) => passage.watch(() => create(options));
    done();
  });
  const maker = { settings, dkimPrivateKey: secrets['dkim_private_key'], vault, openFile };
  let isClosed = false;
  const underWay = new Set<Promise<unknown>>();

  async function deliver(mail: SendMailOptions, signal: AbortSignal): Promise<DeliveryOutcome> {
    const passage = new Passage();
    passages.set(mail.envelope ?? {}, passage);
    try {
      const { response } = await transport.sendMail({ ...mail, signal });
      return { kind: 'accepted', answer: (response ?? '').slice(0, MAX_ANSWER_LENGTH), providerId: null };
    } catch (thrown) {
      return outcomeOf(thrown, passage.wholeSent);
    }
  }

  async function send(outgoing: Outgoing, signal: AbortSignal): Promise<DeliveryOutcome> {
    if (isClosed) {
      return { kind: 'temporary', reason: 'the sender is being closed', afterMs: null, unreachable: false };
    }
    try {
      const mail = await composeMail(maker, outgoing);
      if (!mail.ok) return { kind: 'permanent', ...mail.error };
      return await deliver(mail.value, signal);
    } catch (fault) {
      // The database, when an attachment is opened. Nothing has been sent.
      return { kind: 'temporary', reason: toError(fault).message, afterMs: null, unreachable: false };
    }
  }

  return {
    send: (outgoing, signal) => {
      const sending = send(outgoing, signal);
      underWay.add(sending);
      return sending.finally(() => underWay.delete(sending));
    },
    close: async () => {
      isClosed = true;
      await Promise.all(underWay);
      transport.close();
    },
  };
}
