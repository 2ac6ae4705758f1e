import { Readable } from 'node:stream';
import { domainToASCII } from 'node:url';
import { compile } from 'html-to-text';
import type { SendMailOptions } from 'nodemailer/lib/mailer';
import { failure, type Outcome, success } from '../../../base/index.ts';
import { domainOf } from '../../../profiles/index.ts';
import type { Vault } from '../../../vault/index.ts';
import { printBounceAddress, printMessageId } from '../../bounce-address.ts';
import { isMailAddress } from '../../mail-address.ts';
import type { Outgoing } from '../../message.ts';
import type { SmtpSettings } from '../../senders/sender.ts';

/** Most servers refuse messages from 25 MB on; attachments grow by a third when they are encoded. */
const MAX_MESSAGE_BYTES = 18_000_000;
/** Longer HTML is data, not a letter; nobody reads its text part. */
const MAX_CONVERTED_LENGTH = 500_000;

/** Why a message can never be sent. */
export interface MailFault {
  readonly reason: string;
  readonly badAddress: boolean;
}

/** What the signature covers: all that the recipient's server or program acts on (RFC 6376 5.4, RFC 8058 4). */
const SIGNED_HEADERS = [
  ...['From', 'Reply-To', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'Feedback-ID'],
].join(':');

/** A stored file, such as `openFile` of `files` gives. */
export interface AttachedFile {
  /** Bytes. */
  readonly size: number;
  readonly pieces: AsyncIterable<Buffer>;
}

export type OpenFile = (fileId: string) => Promise<AttachedFile | undefined>;

export interface MailMaker {
  readonly settings: SmtpSettings;
  readonly dkimPrivateKey: string | undefined;
  readonly vault: Vault;
  readonly openFile: OpenFile;
}

type Attachment = NonNullable<SendMailOptions['attachments']>[number];

/** A row of a table is a line, and its cells stand apart: the library would write them without a gap. */
const tableSelectors = [
  { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
];

/** Compiled once: that costs as much as a letter. */
const convertHtml = compile({
  wordwrap: 78,
  selectors: [
    ...tableSelectors,
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
  ],
});

/** The readable text of an HTML part, for programs that show no HTML. */
function textOfHtml(html: string): string {
  return convertHtml(html)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function envelopeFromOf({ settings, vault }: MailMaker, outgoing: Outgoing): string {
  const { envelopeFrom, from } = settings;
  if (envelopeFrom === null) return from.address;
  if (!envelopeFrom.startsWith('@')) return envelopeFrom;
  return printBounceAddress(vault, outgoing, envelopeFrom.slice(1));
}

/** RFC 8058: a POST to the link unsubscribes, without any page or login. */
function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {};
  return { 'list-unsubscribe': `<${url}>`, 'list-unsubscribe-post': 'List-Unsubscribe=One-Click' };
}

async function openAttachments(
  maker: MailMaker,
  outgoing: Outgoing,
): Promise<Outcome<Attachment[], MailFault>> {
  const { html, text } = outgoing.content;
  let bytes = Buffer.byteLength(html) + Buffer.byteLength(text);
  const attachments: Attachment[] = [];
  for (const { fileId, name, mimetype } of outgoing.content.attachments) {
    const file = await maker.openFile(fileId);
    if (file === undefined) {
      return failure({ reason: `the attached file ${name} is not stored any more`, badAddress: false });
    }
    bytes += file.size;
    // Not flowing before the server asks for the message: a stream reads nothing by itself.
    const content = Readable.from(file.pieces, { objectMode: false });
    attachments.push({ filename: name, contentType: mimetype, contentDisposition: 'attachment', content });
  }
  if (bytes > MAX_MESSAGE_BYTES) {
    const reason = `the message has ${bytes} bytes with its attachments, more than ${MAX_MESSAGE_BYTES}`;
    return failure({ reason, badAddress: false });
  }
  return success(attachments);
}

/**
 * A message for the library. It depends on the message alone, its time of creation included, so that every try sends
 * the same bytes: servers and people recognise a repeated one by its Message-ID.
 */
export async function composeMail(
  maker: MailMaker,
  outgoing: Outgoing,
): Promise<Outcome<SendMailOptions, MailFault>> {
  const { settings, dkimPrivateKey } = maker;
  const { content, id, address } = outgoing;
  if (!isMailAddress(address)) {
    return failure({ reason: 'the address is not that of one mailbox', badAddress: true });
  }
  const attachments = await openAttachments(maker, outgoing);
  if (!attachments.ok) return attachments;
  const { from, replyTo, dkim } = settings;
  const text =
    content.text !== '' || content.html === ''
      ? content.text
      : textOfHtml(content.html.slice(0, MAX_CONVERTED_LENGTH));
  return success({
    from,
    to: { name: '', address },
    ...(replyTo === null || content.headers['reply-to'] !== undefined ? {} : { replyTo }),
    subject: content.subject,
    ...(content.html === '' ? { text } : { text, html: content.html }),
    attachments: attachments.value,
    headers: {
      // Holiday notes and other robots do not answer it (RFC 3834). `Precedence: bulk` says no more and is not standard.
      'auto-submitted': 'auto-generated',
      ...settings.headers,
      ...content.headers,
      ...unsubscribeHeaders(content.unsubscribeUrl),
    },
    date: outgoing.createdAt,
    messageId: printMessageId(outgoing, domainToASCII(domainOf(from.address)) || 'localhost'),
    baseBoundary: id,
    envelope: { from: envelopeFromOf(maker, outgoing), to: [address] },
    ...(dkim === null || dkimPrivateKey === undefined
      ? {}
      : {
          dkim: {
            domainName: dkim.domain,
            keySelector: dkim.selector,
            privateKey: dkimPrivateKey,
            headerFieldNames: SIGNED_HEADERS,
          },
        }),
  });
}
