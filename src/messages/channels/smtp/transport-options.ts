import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';
import type { SmtpSettings } from '../../senders/sender.ts';

const CONNECT_MS = 20_000;
const GREETING_MS = 20_000;
/** RFC 5321 gives a server ten minutes after the end of the message; a lease is shorter, and most answer in seconds. */
const SOCKET_MS = 120_000;
/** Less than the minute after which some servers close. */
const IDLE_MS = 45_000;
/** A connection that the server has closed while it rested is replaced as often; no message is sent twice by that. */
const MAX_REQUEUES = 2;

/**
 * Options for the library. An administrator chooses the host, so private addresses are allowed: mail servers mostly
 * stand in the operator's own network (docs/email.md).
 */
export function transportOptions(settings: SmtpSettings, password: string | undefined): SMTPPoolOptions {
  const { host, port, secure, user, pool, messagesPerConnection } = settings;
  return {
    ...{ host, port },
    secure: secure === 'tls',
    requireTLS: secure === 'starttls',
    ignoreTLS: secure === 'none',
    tls: { rejectUnauthorized: settings.tlsRejectUnauthorized },
    ...(user === null ? {} : { auth: { user, pass: password ?? '' }, forceAuth: true }),
    allowInternalNetworkInterfaces: true,
    maxConnections: pool,
    maxMessages: messagesPerConnection,
    maxRequeues: MAX_REQUEUES,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SOCKET_MS,
    idleTimeout: IDLE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}
