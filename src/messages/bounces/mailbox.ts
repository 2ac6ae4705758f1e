import { ImapFlow } from 'imapflow';
import { toError } from '../../base/index.ts';
import type { BounceSettings } from './bounce-settings.ts';

/** An unread mail, or its beginning when it is very long. */
export interface UnreadMail {
  readonly uid: number;
  readonly source: Buffer;
}

export interface OpenMailbox {
  /** The oldest unread mails, `limit` at most. */
  readUnread(limit: number): Promise<UnreadMail[]>;
  /** Marks them as seen, and moves them where that is asked for. */
  settle(uids: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** A report returns the mail that it is about, with its attachments; what it says stands before them. */
const MAX_MAIL_BYTES = 1_048_576;
const CONNECT_LIMIT_MS = 15_000;
const SILENCE_LIMIT_MS = 60_000;

/** Makes the folder where it is missing. @throws {Error} when the server does not move them. */
async function moveMails(client: ImapFlow, uids: readonly number[], folder: string): Promise<void> {
  const move = (): ReturnType<ImapFlow['messageMove']> =>
    client.messageMove([...uids], folder, { uid: true });
  // The library tells of a refusal by `false`.
  if ((await move()) !== false) return;
  await client.mailboxCreate(folder);
  if ((await move()) === false) throw new Error(`the server did not move the mails to the folder ${folder}`);
}

/**
 * Logs in and opens the folder. The signal breaks everything off, as a fault of what is under way.
 * @throws {Error} of the network, or when the server refuses.
 */
export async function openMailbox(
  settings: BounceSettings,
  password: string,
  signal: AbortSignal,
): Promise<OpenMailbox> {
  const { host, port, secure, user, folder, moveTo } = settings;
  const client = new ImapFlow({
    ...{ host, port, secure, logger: false, disableAutoIdle: true },
    auth: { user, pass: password },
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: CONNECT_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
  });
  // The call that is under way fails with the same fault; without a listener it would end the process.
  client.on('error', () => {});
  const breakOff = (): void => client.close();
  signal.addEventListener('abort', breakOff, { once: true });
  try {
    await client.connect();
    if (signal.aborted) throw new Error('stopped');
    await client.mailboxOpen(folder);
  } catch (fault) {
    signal.removeEventListener('abort', breakOff);
    client.close();
    throw fault;
  }
  return {
    readUnread: async (limit) => {
      const found = await client.search({ seen: false }, { uid: true });
      const uids = (Array.isArray(found) ? found : [])
        .toSorted((left, right) => left - right)
        .slice(0, limit);
      if (uids.length === 0) return [];
      const mails: UnreadMail[] = [];
      const query = { uid: true, source: { start: 0, maxLength: MAX_MAIL_BYTES } };
      for await (const { uid, source } of client.fetch(uids, query, { uid: true })) {
        if (source !== undefined) mails.push({ uid, source });
      }
      return mails;
    },
    settle: async (uids) => {
      if (uids.length === 0) return;
      await client.messageFlagsAdd([...uids], ['\\Seen'], { uid: true });
      if (moveTo !== null) await moveMails(client, uids, moveTo);
    },
    close: async () => {
      signal.removeEventListener('abort', breakOff);
      if (signal.aborted) return;
      await client.logout().catch(() => client.close());
    },
  };
}

/** Why a mailbox could not be read, for an operator: what the server said, never the login. */
export function mailboxReason(thrown: unknown): string {
  const fault = toError(thrown);
  const said = 'responseText' in fault && typeof fault.responseText === 'string' ? fault.responseText : '';
  const refused = 'authenticationFailed' in fault && fault.authenticationFailed === true;
  const text = refused
    ? `the server refused the login${said === '' ? '' : `: ${said}`}`
    : said || fault.message;
  return text
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .slice(0, 300)
    .toWellFormed();
}
