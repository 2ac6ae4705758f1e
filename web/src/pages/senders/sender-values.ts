import type { JsonRecord } from '../../parts/json-record.ts';

/** A sender as the API answers: the keys of its channel beside the common ones, without secrets. */
export type SenderRecord = JsonRecord & {
  readonly id: number;
  readonly name: string;
  readonly channel: string;
};

export interface SenderValues {
  readonly name: string;
  readonly channel: string;
  readonly host: string;
  readonly port: number | '';
  readonly secure: string;
  readonly user: string;
  readonly password: string;
  readonly from: string;
  readonly replyTo: string;
  readonly envelopeFrom: string;
  readonly pool: number | '';
  readonly rate: number | '';
}

const mailKeys = ['dkim', 'headers', 'bounce'] as const;
const gatewayKeys = ['request', 'answer', 'report', 'concurrency', 'timeout', 'max_length'] as const;
/** What the server tells of the mailbox, and nobody sets. */
const bounceState = ['last_checked', 'last_error', 'has_password'];

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | '' {
  return typeof value === 'number' ? value : '';
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function printAddress(value: unknown): string {
  if (!isRecord(value)) return text(value);
  const [name, address] = [text(value['name']), text(value['address'])];
  return name === '' ? address : `${name} <${address}>`;
}

export function toValues(sender: SenderRecord | undefined): SenderValues {
  return {
    name: sender?.name ?? '',
    channel: sender?.channel ?? 'email',
    host: text(sender?.['host']),
    port: number(sender?.['port']),
    secure: text(sender?.['secure']) || 'starttls',
    user: text(sender?.['user']),
    password: '',
    from: printAddress(sender?.['from']),
    replyTo: printAddress(sender?.['reply_to']),
    envelopeFrom: text(sender?.['envelope_from']),
    pool: number(sender?.['pool']),
    rate: number(sender?.['rate']),
  };
}

/** The settings that are written as JSON. */
export function documentsOf(sender: SenderRecord | undefined): JsonRecord {
  const keys = sender === undefined || sender.channel === 'email' ? mailKeys : gatewayKeys;
  const found: JsonRecord = {};
  for (const key of keys) {
    const value = sender?.[key];
    if (value === undefined || value === null) continue;
    found[key] =
      key === 'bounce' && isRecord(value)
        ? Object.fromEntries(Object.entries(value).filter(([name]) => !bounceState.includes(name)))
        : value;
  }
  return found;
}

function orNull(value: string): string | null {
  return value.trim() === '' ? null : value.trim();
}

/** The body of a request; a key that was emptied is taken away by null. */
export function toBody(
  values: SenderValues,
  documents: JsonRecord,
  old: SenderRecord | undefined,
): JsonRecord {
  const isMail = values.channel === 'email';
  const keys = isMail ? mailKeys : gatewayKeys;
  const gone = keys.filter((key) => old?.[key] != null && documents[key] === undefined);
  const common = {
    name: values.name.trim(),
    ...(old === undefined ? { channel: values.channel } : {}),
    ...documents,
    ...Object.fromEntries(gone.map((key) => [key, null])),
  };
  if (!isMail) return common;
  const mail: JsonRecord = {
    host: values.host.trim(),
    port: values.port === '' ? null : values.port,
    secure: values.secure,
    user: orNull(values.user),
    from: values.from.trim(),
    reply_to: orNull(values.replyTo),
    envelope_from: orNull(values.envelopeFrom),
    pool: values.pool === '' ? null : values.pool,
    rate: values.rate === '' ? null : values.rate,
    ...(values.password === '' ? {} : { password: values.password }),
  };
  // A new one has nothing that could be taken away.
  const given =
    old === undefined ? Object.entries(mail).filter(([, value]) => value !== null) : Object.entries(mail);
  return { ...common, ...Object.fromEntries(given) };
}

/** Whether a try would tell something new: of another server, or of another way in. */
export function isOtherServer(values: SenderValues, old: SenderRecord | undefined): boolean {
  if (old === undefined || values.password !== '') return true;
  const before = toValues(old);
  return (['host', 'port', 'secure', 'user'] as const).some((key) => values[key] !== before[key]);
}
