import { createTransport } from 'nodemailer';
import { isObject, toError } from '../../../base/index.ts';
import type { SmtpSettings } from '../../senders/sender.ts';
import { transportOptions } from './transport-options.ts';

const steps: Readonly<Record<string, string>> = {
  EDNS: 'the name of the host cannot be resolved',
  ETIMEDOUT: 'the server does not answer in time',
  ETLS: 'TLS could not be agreed upon',
  EAUTH: 'the login is refused',
  ENOAUTH: 'the server wants a login',
  EPROTOCOL: 'the server does not speak SMTP as expected',
  ECONNECTION: 'the connection failed',
  ESOCKET: 'the connection failed',
};

/**
 * Connects, agrees on TLS and logs in as sending would; sends nothing.
 * @returns undefined when all of it works, else what has failed, in words.
 */
export async function verifySmtp(
  settings: SmtpSettings,
  password: string | undefined,
): Promise<string | undefined> {
  const transport = createTransport({ ...transportOptions(settings, password), pool: true });
  try {
    await transport.verify();
    return undefined;
  } catch (thrown) {
    const { message } = toError(thrown);
    if (/certificate|self.signed/i.test(message))
      return `the server's certificate is not trusted: ${message}`;
    const code = isObject(thrown) ? String(thrown['code']) : '';
    return `${steps[code] ?? 'it failed'}: ${message}`;
  } finally {
    transport.close();
  }
}
