import { type ParsedMail, simpleParser } from 'mailparser';
import { findStatus, judgeStatus, readBlocks, readDeliveryStatus } from './delivery-status.ts';
import type { Returned } from './returned.ts';

/** What there is to read in a mail beside its own headers. */
interface Parts {
  /** Header lines of the mail itself, unfolded: [name in lower case, value]. */
  readonly headers: readonly (readonly [string, string])[];
  readonly deliveryStatus: string | undefined;
  readonly feedback: string | undefined;
  /** The headers of the message that is returned, '' when it is not. */
  readonly returned: string;
  readonly text: string;
}

const MAX_TEXT_LENGTH = 65_536;
const MAX_REASON_LENGTH = 500;
const MAX_FOUND = 50;
/** Not complaints, although reported in the same form. */
const HARMLESS_FEEDBACK = new Set(['not-spam', 'auth-failure', 'dmarc']);
const AUTO_SUBJECT =
  /^\s*(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|автоответ|автоматический ответ)/i;

function clean(text: string | null): string | null {
  const printable = text
    ?.replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH)
    .toWellFormed();
  return printable || null;
}

function partOf(mail: ParsedMail, types: readonly string[]): string | undefined {
  const part = mail.attachments.find(({ contentType }) => types.includes(contentType));
  return part?.content.subarray(0, MAX_TEXT_LENGTH).toString('utf8');
}

function partsOf(mail: ParsedMail): Parts {
  const returned = partOf(mail, [
    'message/rfc822',
    'text/rfc822-headers',
    'message/rfc822-headers',
    'message/global',
  ]);
  return {
    headers: mail.headerLines.map(({ key, line }) => [
      key,
      line
        .replace(/^[^:]*:/, '')
        .replace(/\r?\n/g, '')
        .trim(),
    ]),
    deliveryStatus: partOf(mail, ['message/delivery-status', 'message/global-delivery-status']),
    feedback: partOf(mail, ['message/feedback-report']),
    returned: (returned ?? '').split(/\r?\n\r?\n/, 1)[0] ?? '',
    text: (mail.text ?? '').slice(0, MAX_TEXT_LENGTH),
  };
}

function headerOf(parts: Parts, name: string): string | undefined {
  return parts.headers.find(([key]) => key === name)?.[1];
}

/** Everything that looks like an address of ours; its mark says whether it is one. */
function findAddresses(parts: Parts): string[] {
  const own = parts.headers.map(([, value]) => value);
  const text = [...own, parts.deliveryStatus ?? '', parts.feedback ?? '', parts.returned].join('\n');
  const found = text.match(/bounce\+[\w-]{1,64}@[\w.-]{1,255}/gi) ?? [];
  return [...new Set(found)].slice(0, MAX_FOUND);
}

function findMessageIds(parts: Parts): string[] {
  const returned = readBlocks(parts.returned)[0]?.get('message-id') ?? '';
  const original = /original message[\s\S]*?message-id:\s*(<[^<>\s]{1,998}>)/i.exec(parts.text)?.[1] ?? '';
  const answered = headerOf(parts, 'in-reply-to') ?? '';
  // The last of the references is the nearest.
  const references = (headerOf(parts, 'references') ?? '').match(/<[^<>\s]{1,998}>/g) ?? [];
  const ids = [returned, original, answered].join(' ').match(/<[^<>\s]{1,998}>/g) ?? [];
  return [...new Set([...ids, ...references.toReversed()])].slice(0, MAX_FOUND);
}

function isAutomatic(parts: Parts, subject: string): boolean {
  const submitted = headerOf(parts, 'auto-submitted')?.toLowerCase();
  if (submitted !== undefined && !submitted.startsWith('no')) return true;
  if (/^(?:bulk|junk|list|auto_reply)$/i.test(headerOf(parts, 'precedence') ?? '')) return true;
  const marks = ['x-autoreply', 'x-autorespond', 'x-auto-reply', 'x-autoresponse'];
  return marks.some((name) => headerOf(parts, name) !== undefined) || AUTO_SUBJECT.test(subject);
}

type Judgement = Pick<Returned, 'kind' | 'status' | 'reason' | 'recipient'>;

function plain(kind: Returned['kind'], reason: string | null = null): Judgement {
  return { kind, status: null, reason, recipient: null };
}

/** A bounce that is no report: what a server of another age has written in words. */
function judgeNotice(parts: Parts): Judgement {
  const status = findStatus(parts.text);
  if (status === null || !/^[45]/.test(status)) return plain('unknown');
  const line = parts.text.split('\n').find((one) => findStatus(one) === status) ?? null;
  const recipient = headerOf(parts, 'x-failed-recipients') ?? null;
  const kind = status.startsWith('4') ? 'soft_bounce' : judgeStatus(status);
  return { kind, status, reason: clean(line), recipient };
}

function judge(mail: ParsedMail, parts: Parts): Judgement {
  if (parts.feedback !== undefined) {
    const type = readBlocks(parts.feedback)[0]?.get('feedback-type')?.toLowerCase() ?? 'abuse';
    return plain(HARMLESS_FEEDBACK.has(type) ? 'unknown' : 'complained', clean(type));
  }
  if (parts.deliveryStatus !== undefined) {
    const failed = readDeliveryStatus(parts.deliveryStatus);
    if (failed === undefined) return plain('unknown');
    return { ...failed, reason: clean(failed.reason), recipient: clean(failed.recipient) };
  }
  const from = mail.from?.value[0]?.address ?? '';
  if (/^(?:mailer-daemon|postmaster)@/i.test(from) || headerOf(parts, 'x-failed-recipients') !== undefined) {
    return judgeNotice(parts);
  }
  if (isAutomatic(parts, mail.subject ?? '')) return plain('auto_reply');
  const isAnswer =
    headerOf(parts, 'in-reply-to') !== undefined || headerOf(parts, 'references') !== undefined;
  return plain(
    isAnswer || findAddresses(parts).length > 0 ? 'replied' : 'unknown',
    clean(mail.subject ?? null),
  );
}

/**
 * What a mail is that has come to a sender's mailbox: a delivery status report (RFC 3464), a complaint (ARF, RFC 5965),
 * an automatic answer, an answer of a person, or nothing of these. Judges by what the mail says of itself; that it is
 * about a message of ours is for its addresses and ids to show.
 */
export async function judgeReturned(raw: Buffer): Promise<Returned> {
  const mail = await simpleParser(raw, {
    keepDeliveryStatus: true,
    skipHtmlToText: false,
    skipTextToHtml: true,
    skipImageLinks: true,
  });
  const parts = partsOf(mail);
  return { ...judge(mail, parts), addresses: findAddresses(parts), messageIds: findMessageIds(parts) };
}
