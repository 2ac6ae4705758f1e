/** Those that the server writes itself, that address the message, or that others trust. */
const OWN_HEADERS = new Set([
  ...['from', 'sender', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id', 'mime-version', 'return-path'],
  ...['received', 'received-spf', 'dkim-signature', 'domainkey-signature', 'authentication-results'],
  ...[
    'list-unsubscribe',
    'list-unsubscribe-post',
    'auto-submitted',
    'delivered-to',
    'bounces-to',
    'errors-to',
  ],
  ...['apparently-to', 'disposition-notification-to', 'return-receipt-to', 'x-mailer'],
]);
const OWN_PREFIXES = ['content-', 'resent-', 'arc-', 'x-muster-', 'x-google-', 'x-ms-exchange-'];
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** What is wrong with the name of a header that a template or sender adds to e-mails; undefined when it may be used. */
export function headerNameFault(name: string): string | undefined {
  if (!NAME.test(name)) return 'expected letters, digits and hyphens, a letter first';
  const lower = name.toLowerCase();
  if (OWN_HEADERS.has(lower) || OWN_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    return 'the server sets this header itself, or it must not be set';
  }
  return undefined;
}
