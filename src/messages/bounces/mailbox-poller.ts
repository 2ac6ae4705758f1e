import {
  type Clock,
  isJsonObject,
  type JsonObject,
  type Log,
  newUuid,
  type Signals,
  toError,
  tryParseJson,
} from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../../db/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Fact, RecordFacts } from '../tracking/fact.ts';
import type { MessageRef } from '../tracking/links.ts';
import { parseBounceSettings } from './bounce-settings.ts';
import { judgeReturned } from './judge-returned.ts';
import { mailboxReason, openMailbox, type UnreadMail } from './mailbox.ts';
import type { Returned } from './returned.ts';
import { type ClaimedMailbox, claimMailbox } from './sql/claim-mailbox.ts';
import { settleMailbox } from './sql/settle-mailbox.ts';

export interface MailboxPollerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly vault: Vault;
  readonly recordFacts: RecordFacts;
  /** The message whose envelope sender the address is; undefined = not one that this server has made. */
  readonly parseAddress: (address: string) => MessageRef | undefined;
  /** The message of a Message-ID in angle brackets; undefined = not one of ours. */
  readonly parseMessageId: (messageId: string) => MessageRef | undefined;
}

interface Claimed {
  readonly token: string;
  readonly mailbox: ClaimedMailbox;
}

/** Longer than a batch takes even where every answer of the server just beats its limit of silence. */
const LEASE_SECONDS = 600;
const IDLE_MS = 15_000;
/** How often each mailbox is looked into. */
const INTERVAL_MS = 60_000;
const BATCH = 50;

/** The message that a mail is about: the address is signed, an id is only known to those who have seen the message. */
function findReturnedMessage(
  returned: Returned,
  options: Pick<MailboxPollerOptions, 'parseAddress' | 'parseMessageId'>,
): MessageRef | undefined {
  for (const address of returned.addresses) {
    const message = options.parseAddress(address);
    if (message !== undefined) return message;
  }
  for (const messageId of returned.messageIds) {
    const message = options.parseMessageId(messageId);
    if (message !== undefined) return message;
  }
  return undefined;
}

/** The database's fault and not the mailbox's: it goes to the loop. */
class RecordingFault extends Error {}

function dataOf({ status, reason, recipient }: Returned): JsonObject {
  return {
    ...(status === null ? {} : { status }),
    ...(reason === null ? {} : { reason }),
    ...(recipient === null ? {} : { recipient }),
  };
}

async function factOf(mail: UnreadMail, options: MailboxPollerOptions): Promise<Fact | undefined> {
  let returned: Returned;
  try {
    returned = await judgeReturned(mail.source);
  } catch (thrown) {
    options.log.warn({ err: toError(thrown), uid: mail.uid }, 'a mail in a bounce mailbox could not be read');
    return undefined;
  }
  const { kind } = returned;
  if (kind === 'unknown' || kind === 'auto_reply') return undefined;
  const message = findReturnedMessage(returned, options);
  if (message === undefined) return undefined;
  return { slot: message.slot, messageId: message.id, kind, at: options.clock.now(), data: dataOf(returned) };
}

function passwordOf(options: MailboxPollerOptions, { secrets }: ClaimedMailbox): string {
  const opened = secrets === null ? undefined : tryParseJson(options.vault.open(secrets));
  const password = isJsonObject(opened) ? opened['bounce_password'] : undefined;
  if (typeof password !== 'string') throw new Error('the sender has no bounce.password');
  return password;
}

/** Reads one batch. Facts are recorded before mails are marked: after a crash between them they are read again. */
async function readMailbox(
  options: MailboxPollerOptions,
  mailbox: ClaimedMailbox,
  signal: AbortSignal,
): Promise<{ mails: number; facts: number }> {
  const settings = parseBounceSettings(mailbox.bounce);
  if (!settings.ok)
    throw new Error(settings.error.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const open = await openMailbox(settings.value, passwordOf(options, mailbox), signal);
  try {
    const mails = await open.readUnread(BATCH);
    const facts: Fact[] = [];
    for (const mail of mails) {
      const fact = await factOf(mail, options);
      if (fact !== undefined) facts.push(fact);
    }
    await options.recordFacts(facts).catch((cause: unknown) => {
      throw new RecordingFault('facts could not be recorded', { cause });
    });
    await open.settle(mails.map(({ uid }) => uid));
    return { mails: mails.length, facts: facts.length };
  } finally {
    await open.close();
  }
}

async function work(
  options: MailboxPollerOptions,
  { token, mailbox }: Claimed,
  signal: AbortSignal,
): Promise<number> {
  const { db, clock, log } = options;
  const { senderId } = mailbox;
  try {
    const { mails, facts } = await readMailbox(options, mailbox, signal);
    const now = clock.now();
    const dueAt = new Date(now.getTime() + (mails === BATCH ? 0 : INTERVAL_MS));
    await settleMailbox(db, { senderId, token, dueAt, error: null, mails, facts }, now);
    return mails;
  } catch (thrown) {
    if (thrown instanceof RecordingFault) throw thrown;
    // Broken off by the stop, which says nothing of the mailbox; it is due again when its lease runs out.
    if (signal.aborted) return 0;
    // A mailbox that cannot be read is its operator's to mend, and must not hold the others up.
    const error = mailboxReason(thrown);
    log.warn({ senderId, error }, 'the bounce mailbox of a sender could not be read');
    const now = clock.now();
    const dueAt = new Date(now.getTime() + INTERVAL_MS);
    await settleMailbox(db, { senderId, token, dueAt, error, mails: 0, facts: 0 }, now);
    return 0;
  }
}

/** The loop that reads the mailboxes of senders and records what has come back. `stop` breaks off what is under way. */
export function createMailboxPoller(options: MailboxPollerOptions): ClaimLoop {
  const { db, clock, log, signals } = options;
  const stopping = new AbortController();
  const loop = createClaimLoop<Claimed>({
    ...{ name: 'mailbox', concurrency: 1, idleMs: IDLE_MS, clock, log, signals },
    claim: async () => {
      const token = newUuid();
      const mailbox = await claimMailbox(db, { token, now: clock.now(), leaseSeconds: LEASE_SECONDS });
      return mailbox === undefined ? undefined : { token, mailbox };
    },
    work: (claimed) => work(options, claimed, stopping.signal),
  });
  return {
    ...loop,
    stop: () => {
      stopping.abort();
      return loop.stop();
    },
  };
}
