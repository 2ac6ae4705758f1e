import { createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { JsonObject } from '../../base/index.ts';
import { parseBounceSettings } from '../bounces/bounce-settings.ts';
import { headerNameFault } from '../header-fault.ts';
import { isMailAddress } from '../mail-address.ts';
import { BodyReader } from './body-reader.ts';
import { type Security, type SmtpSettings, securities } from './sender.ts';

const HOST =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;
const DOMAIN = /^[^\s@<>,;:"]+\.[^\s@<>,;:"]+$/;
const SELECTOR = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
const NAMED_ADDRESS = /^(.*?)\s*<([^<>]+)>$/;
const LEAST_KEY_BITS = 1_024;
const MAX_HEADERS = 30;
const DEFAULT_PORTS: Readonly<Record<Security, number>> = { tls: 465, starttls: 587, none: 25 };

/** What a body says of secrets: a text to keep, null to forget. What is absent stays. */
export type SecretChanges = Readonly<Record<string, string | null>>;

function isHost(text: string): boolean {
  return isIP(text) !== 0 || HOST.test(text);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Without a word: what belongs to the port; elsewhere STARTTLS, except to the machine itself. */
function readSecurity(body: BodyReader, host: string): Security {
  const value = body.value('secure');
  if (value === true) return 'tls';
  if (value === false) return 'none';
  const word = securities.find((one) => one === value);
  if (word !== undefined) return word;
  if (value !== undefined) body.fault('secure', `expected one of ${securities.join(', ')}`);
  if (body.value('port') === 465) return 'tls';
  return isLoopback(host) ? 'none' : 'starttls';
}

function readFrom(body: BodyReader): SmtpSettings['from'] {
  const value = body.value('from');
  if (typeof value === 'string') {
    const [, name = '', bare = value] = NAMED_ADDRESS.exec(value) ?? [];
    if (isMailAddress(bare)) return { address: bare, name: name.replace(/^"(.*)"$/, '$1') };
    body.fault('from', 'expected an e-mail address');
  } else if (value === undefined) body.fault('from', 'is missing');
  const from = value === undefined || typeof value === 'string' ? undefined : body.below('from');
  if (from === undefined) return { address: '', name: '' };
  if (from.value('address') === undefined) from.fault('address', 'is missing');
  const address = from.text('address', 'an e-mail address', isMailAddress) ?? '';
  const name = from.value('name') === '' ? '' : (from.text('name', 'a name without line breaks') ?? '');
  from.refuseUnknownKeys();
  return { address, name };
}

function keyFault(pem: string): string | undefined {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    // The mail library signs by RSA alone, and receivers know hardly anything else.
    if (asymmetricKeyType !== 'rsa') return 'expected an RSA key';
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < LEAST_KEY_BITS ? `expected a key of at least ${LEAST_KEY_BITS} bits` : undefined;
  } catch {
    return 'expected a private key in PEM form';
  }
}

function readDkim(
  body: BodyReader,
  stored: ReadonlySet<string>,
): { dkim: SmtpSettings['dkim']; secrets: SecretChanges } {
  const dkim = body.below('dkim');
  if (dkim === undefined) return { dkim: null, secrets: { dkim_private_key: null } };
  for (const key of ['domain', 'selector']) {
    if (dkim.value(key) === undefined) dkim.fault(key, 'is missing');
  }
  const domain = dkim.text('domain', 'a domain', (text) => DOMAIN.test(text)) ?? '';
  const selector = dkim.text('selector', 'a selector', (text) => SELECTOR.test(text)) ?? '';
  const pem = dkim.value('private_key');
  // What answers have in its place, when a whole object is sent back.
  dkim.value('has_private_key');
  dkim.refuseUnknownKeys();
  if (pem === undefined) {
    if (!stored.has('dkim_private_key')) dkim.fault('private_key', 'is missing');
    return { dkim: { domain, selector }, secrets: {} };
  }
  const fault = typeof pem === 'string' ? keyFault(pem) : 'expected a private key in PEM form';
  if (fault !== undefined) dkim.fault('private_key', fault);
  return { dkim: { domain, selector }, secrets: { dkim_private_key: String(pem) } };
}

function readLogin(
  body: BodyReader,
  stored: ReadonlySet<string>,
): { user: string | null; secrets: SecretChanges } {
  const user = body.text('user', 'a user name') ?? null;
  const password = body.text('password', 'a password');
  if (user === null) {
    if (password !== undefined) body.fault('user', 'is missing, where there is a password');
    return { user, secrets: { password: null } };
  }
  if (password !== undefined) return { user, secrets: { password } };
  if (!stored.has('password')) body.fault('password', 'is missing, where there is a user');
  return { user, secrets: {} };
}

function readHeaders(body: BodyReader): Record<string, string> {
  const headers: Record<string, string> = {};
  const object = body.object('headers') ?? {};
  if (Object.keys(object).length > MAX_HEADERS) body.fault('headers', `expected at most ${MAX_HEADERS}`);
  for (const [name, value] of Object.entries(object)) {
    const fault = headerNameFault(name);
    if (fault !== undefined) body.fault(`headers.${name}`, fault);
    else if (typeof value !== 'string' || /[\r\n]/.test(value)) {
      body.fault(`headers.${name}`, 'expected a text without line breaks');
    } else headers[name.toLowerCase()] = value;
  }
  return headers;
}

function isEnvelopeFrom(text: string): boolean {
  return text.startsWith('@') ? DOMAIN.test(text.slice(1)) : isMailAddress(text);
}

/** The mailbox of bounces without its password, which is a secret. */
function readBounce(
  reader: BodyReader,
  stored: ReadonlySet<string>,
): { bounce: JsonObject | null; secrets: SecretChanges } {
  const object = reader.object('bounce');
  if (object === undefined) return { bounce: null, secrets: { bounce_password: null } };
  const { password, ...bounce } = object;
  const parsed = parseBounceSettings(bounce);
  if (!parsed.ok) for (const { path, message } of parsed.error) reader.fault(path, message);
  if (typeof password === 'string' && password !== '') {
    return { bounce, secrets: { bounce_password: password } };
  }
  if (password !== undefined || !stored.has('bounce_password')) {
    reader.fault('bounce.password', 'expected the password of the mailbox');
  }
  return { bounce, secrets: {} };
}

/**
 * Reads what the API says of an e-mail sender, without its name and channel. `stored` are the names of secrets that are
 * kept and need not be given again. `faults` are empty when it can be used.
 */
export function parseSmtpSettings(
  body: JsonObject,
  stored: ReadonlySet<string>,
): { settings: SmtpSettings; secrets: SecretChanges; faults: BodyReader['faults'] } {
  const reader = new BodyReader(body);
  if (reader.value('host') === undefined) reader.fault('host', 'is missing');
  const host = reader.text('host', 'the name or address of a host', isHost) ?? '';
  const secure = readSecurity(reader, host);
  const login = readLogin(reader, stored);
  const dkim = readDkim(reader, stored);
  const mailbox = readBounce(reader, stored);
  const settings: SmtpSettings = {
    kind: 'smtp',
    ...{ host, secure },
    port: reader.number('port', [1, 65_535], true) ?? DEFAULT_PORTS[secure],
    tlsRejectUnauthorized: reader.flag('tls_reject_unauthorized', true),
    user: login.user,
    from: readFrom(reader),
    replyTo: reader.text('reply_to', 'an e-mail address', isMailAddress) ?? null,
    envelopeFrom:
      reader.text('envelope_from', 'an e-mail address, or @ and a domain', isEnvelopeFrom) ?? null,
    dkim: dkim.dkim,
    pool: reader.number('pool', [1, 100], true) ?? 5,
    messagesPerConnection: reader.number('messages_per_connection', [1, 100_000], true) ?? 100,
    rate: reader.number('rate', [0.001, 100_000], false) ?? null,
    headers: readHeaders(reader),
    bounce: mailbox.bounce,
  };
  reader.refuseUnknownKeys();
  return {
    settings,
    secrets: { ...login.secrets, ...dkim.secrets, ...mailbox.secrets },
    faults: reader.faults,
  };
}

/** The settings as the API spells them, without secrets. */
export function printSmtpSettings(settings: SmtpSettings): JsonObject {
  const { host, port, secure, user, from, dkim, pool, rate, headers, bounce } = settings;
  return {
    ...{ host, port, secure },
    tls_reject_unauthorized: settings.tlsRejectUnauthorized,
    user,
    from: { ...from },
    reply_to: settings.replyTo,
    envelope_from: settings.envelopeFrom,
    dkim: dkim === null ? null : { ...dkim },
    pool,
    messages_per_connection: settings.messagesPerConnection,
    rate,
    headers: { ...headers },
    bounce,
  };
}
