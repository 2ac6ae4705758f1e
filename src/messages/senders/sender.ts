import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Channel } from '../../profiles/index.ts';

export const securities = ['tls', 'starttls', 'none'] as const;
/** TLS from the first byte; TLS after STARTTLS, which must be offered; no TLS at all. */
export type Security = (typeof securities)[number];

/** How e-mail is sent. Passwords and private keys are in the sender's secrets. */
export interface SmtpSettings {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  readonly secure: Security;
  /** False = the server's certificate is not verified: for servers in one's own network only. */
  readonly tlsRejectUnauthorized: boolean;
  /** Null = without a login. */
  readonly user: string | null;
  readonly from: { readonly address: string; readonly name: string };
  readonly replyTo: string | null;
  /** An address for all bounces; or a domain, `@bounces.example.com`, at which each message has an address of its own. Null = `from`. */
  readonly envelopeFrom: string | null;
  readonly dkim: { readonly domain: string; readonly selector: string } | null;
  /** Connections at once, of all workers together. */
  readonly pool: number;
  readonly messagesPerConnection: number;
  /** Messages in a second; null = as fast as it goes. */
  readonly rate: number | null;
  /** Headers of every message, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The mailbox that bounces come to, as its reader wants it; null = none is read. */
  readonly bounce: JsonObject | null;
}

/** How other channels are sent: the request and the answer of a gateway. */
export interface GatewaySettings {
  readonly kind: 'gateway';
  readonly [key: string]: JsonValue;
}

export type SenderSettings = SmtpSettings | GatewaySettings;

export interface Sender {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly settings: SenderSettings;
  /** Names of its secrets, without what they are. */
  readonly secretNames: readonly string[];
  readonly createdAt: Date;
  /** Rises with every change: a channel that was opened before is out of date. */
  readonly updatedAt: Date;
}

/** A sender with its secrets opened. Not for answers or logs. */
export interface OpenedSender {
  readonly id: number;
  readonly channel: Channel;
  readonly settings: SenderSettings;
  /** `password`, `dkim_private_key` and those of gateways. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly updatedAt: Date;
}
