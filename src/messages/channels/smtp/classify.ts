import type { DeliveryOutcome } from '../../message.ts';

/** How one try has ended without the server's yes. */
export interface SmtpFault {
  /** The library's kind of fault: ECONNECTION, ETIMEDOUT, ESOCKET, EDNS, ETLS, EAUTH, EENVELOPE, EMESSAGE, ESTREAM… */
  readonly code: string;
  readonly message: string;
  /** The server's reply, when it has given one: `550 5.1.1 No such user`. */
  readonly response: string | undefined;
  /** Whether the end of the message was on its way to the server: from there on it may have taken it. */
  readonly wholeSent: boolean;
}

const MINUTE_MS = 60_000;
const GREYLIST_MS = 5 * MINUTE_MS;
/** Full mailboxes are emptied by people, not by servers. */
const MAILBOX_FULL_MS = 60 * MINUTE_MS;
const MOST_WAIT_MS = 24 * 60 * MINUTE_MS;
const MAX_REASON_LENGTH = 500;

const GREYLISTING =
  /gr[ea]y[ -]?list|postgrey|try (?:again|later)|retry (?:again |later|in|after)|come back later/i;
/** `300 seconds`, `in 5 minutes`, `00:04:59`. */
const WAIT = /(\d{1,5}) ?(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?)\b/i;
const WAIT_CLOCK = /\b(\d{1,2}):(\d{2}):(\d{2})\b/;
const MAILBOX_FULL =
  /(?:mailbox|inbox|storage|quota)[^.]{0,40}(?:full|exceed|limit)|over ?quota|out of storage/i;
const UNKNOWN_USER =
  /(?:user|recipient|mailbox|account|address|alias)\b[^.;]{0,60}\b(?:unknown|not (?:found|exist|known)|does ?n[o']t (?:exist|have)|doesnt exist|disabled|inactive|invalid|unavailable|not available)|(?:no such|unknown|invalid|unrouteable|unroutable|non-?existent) (?:user|recipient|mailbox|account|address|local|person)|user .{0,80}not found|no mailbox here|not a valid mailbox/i;
const REFUSED_FOR_CONTENT =
  /spam|polic(?:y|ies)|blocked|black ?list|block ?list|\brbl\b|dnsbl|spamhaus|reputation|dmarc|\bspf\b|dkim|denied|relay|virus|not allowed|prohibited|rejected by/i;

interface Reply {
  readonly code: number;
  /** `5.1.1`, '' when the server gives none. */
  readonly enhanced: string;
  readonly text: string;
}

function parseReply(response: string): Reply | undefined {
  const found = /^(\d{3})(?:[ -]+#?(\d\.\d{1,3}\.\d{1,3}))?/.exec(response);
  if (found === null) return undefined;
  return { code: Number(found[1]), enhanced: found[2] ?? '', text: response };
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_REASON_LENGTH ? line : `${line.slice(0, MAX_REASON_LENGTH)}…`;
}

function unitMs(unit: string): number {
  if (unit.toLowerCase().startsWith('s')) return 1000;
  return unit.toLowerCase().startsWith('h') ? 60 * MINUTE_MS : MINUTE_MS;
}

/** How long the text asks to wait, in milliseconds. */
function waitOf(text: string): number | undefined {
  const clock = WAIT_CLOCK.exec(text);
  if (clock !== null) {
    const seconds = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
    return Math.min(seconds * 1000, MOST_WAIT_MS);
  }
  const [, amount, unit] = WAIT.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.min(Number(amount) * unitMs(unit), MOST_WAIT_MS);
}

function temporary(reason: string, afterMs: number | null, unreachable = false): DeliveryOutcome {
  return { kind: 'temporary', reason: clip(reason), afterMs, unreachable };
}

function permanent(reason: string, badAddress: boolean): DeliveryOutcome {
  return { kind: 'permanent', reason: clip(reason), badAddress };
}

function isGreylisting({ code, enhanced, text }: Reply): boolean {
  if (/gr[ea]y[ -]?list|postgrey/i.test(text)) return true;
  if (code !== 450 && code !== 451) return false;
  return enhanced === '4.7.1' || enhanced === '4.2.0' || GREYLISTING.test(text);
}

function judgeTemporary(reply: Reply): DeliveryOutcome {
  const { code, enhanced, text } = reply;
  // The server as a whole: it is closing, or its limit of connections is reached.
  if (code === 421) return temporary(text, waitOf(text) ?? null, true);
  if (code === 454 && enhanced.startsWith('4.7')) return temporary(`the login failed: ${text}`, null, true);
  if (enhanced === '4.2.2' || code === 452 || MAILBOX_FULL.test(text)) {
    // 452 4.3.1 is the server's own disk: it frees itself sooner than a mailbox does.
    const isMailbox = enhanced === '4.2.2' || (enhanced !== '4.3.1' && MAILBOX_FULL.test(text));
    return temporary(text, isMailbox ? MAILBOX_FULL_MS : null);
  }
  if (isGreylisting(reply)) return temporary(text, waitOf(text) ?? GREYLIST_MS);
  return temporary(text, null);
}

function judgePermanent({ code, enhanced, text }: Reply): DeliveryOutcome {
  // Wrong or missing credentials: nothing is the matter with the message.
  if (code === 535 || code === 530 || code === 534 || code === 538) {
    return temporary(`the login is refused: ${text}`, null, true);
  }
  if (/^5\.7\./.test(enhanced)) return permanent(text, false);
  // 5.1.7 and 5.1.8 are faults of the sender's own address.
  if (/^5\.1\.(?:[0-6]|9|10)$/.test(enhanced)) return permanent(text, true);
  if (enhanced === '5.2.1') return permanent(text, true);
  if (/^5\.[1-6]\./.test(enhanced) && enhanced !== '5.5.0') return permanent(text, false);
  if (code === 552) return permanent(text, false);
  // Words decide where the number says little; those of a refused content win, since they often name the recipient too.
  if (REFUSED_FOR_CONTENT.test(text) && !/^55[013][^a-z]*(?:no such|unknown) user/i.test(text)) {
    return permanent(text, UNKNOWN_USER.test(text) && !/spam|polic|blocked|list/i.test(text));
  }
  return permanent(text, (code === 550 || code === 551 || code === 553) && UNKNOWN_USER.test(text));
}

/**
 * What a try has come to that the server has not accepted. The reply decides where there is one; RFC 5321, RFC 3463 and
 * what large providers say in fact.
 */
export function classifyFault(fault: SmtpFault): DeliveryOutcome {
  const reply = fault.response === undefined ? undefined : parseReply(fault.response);
  if (reply !== undefined && fault.code === 'EAUTH' && reply.code >= 400) {
    return temporary(`the login is refused: ${reply.text}`, null, true);
  }
  // Session faults: the message was not judged.
  if (reply !== undefined && reply.code !== 503 && fault.code !== 'EPROTOCOL' && fault.code !== 'ETLS') {
    if (reply.code >= 500) return judgePermanent(reply);
    if (reply.code >= 400) return judgeTemporary(reply);
  }
  const said = reply === undefined ? fault.message : `${fault.message} (${reply.text})`;
  if (fault.wholeSent) {
    return { kind: 'unknown', reason: clip(`the message was sent whole, then no answer came: ${said}`) };
  }
  switch (fault.code) {
    case 'EAUTH':
    case 'ENOAUTH':
      return temporary(`the login failed: ${said}`, null, true);
    case 'EENVELOPE':
      // Without a reply the library itself has refused an address.
      if (reply === undefined) return permanent(`an address cannot be used: ${said}`, true);
      return temporary(said, null, true);
    case 'EMESSAGE':
      return reply === undefined ? permanent(said, false) : temporary(said, null, true);
    case 'ESTREAM':
    case 'EABORT':
      return temporary(said, null);
    default:
      return temporary(`the server cannot be used: ${said}`, null, true);
  }
}
