import { type Clock, MusterError } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import type { Passwords } from './passwords.ts';
import { type Origin, openSession, type Session } from './sessions.ts';
import { countLoginAttempt } from './sql/count-login-attempt.ts';
import { recordLogin } from './sql/record-login.ts';
import { replacePasswordHash } from './sql/replace-password-hash.ts';
import { selectBlockEnd } from './sql/select-block-end.ts';
import { selectCredentials } from './sql/select-credentials.ts';
import { settleLoginAttempts } from './sql/settle-login-attempts.ts';

/** Failures after which a key is blocked. */
const FREE_BY_EMAIL = 5;
const FREE_BY_ADDRESS = 20;
const FIRST_BLOCK_SECONDS = 30;
const MOST_BLOCK_SECONDS = 900;
/** After so long without a try the failures are forgotten. */
export const ATTEMPT_MEMORY_SECONDS = 86_400;

export interface LogInDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly passwords: Passwords;
}

/** Whom a log-in that failed was for; null = there is no such user. */
export interface FailedLogIn {
  readonly user: { readonly id: number; readonly name: string } | null;
}

/** @throws {MusterError} 429 while one of the keys is blocked. */
async function requireUnblocked(db: Db, keys: readonly string[], now: Date): Promise<void> {
  const end = await selectBlockEnd(db, keys);
  if (end === undefined || end <= now) return;
  const seconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  const detail = `too many attempts that failed; try again in ${seconds} s`;
  throw new MusterError(429, { detail, retryAfterSeconds: seconds });
}

/** @throws {MusterError} 429 while the key is blocked. */
async function countAttempt(db: Db, key: string, free: number, now: Date): Promise<void> {
  const since = new Date(now.getTime() - ATTEMPT_MEMORY_SECONDS * 1000);
  const limits = { free, firstSeconds: FIRST_BLOCK_SECONDS, mostSeconds: MOST_BLOCK_SECONDS };
  if (await countLoginAttempt(db, { key, ...limits, since, now })) return;
  // Another one was counted in between.
  await requireUnblocked(db, [key], now);
  throw new MusterError(429, { detail: 'too many attempts at once; try again', retryAfterSeconds: 1 });
}

const keyOfAddress = (ip: string): string => `ip ${ip}`;
const keyOfEmail = (email: string): string => `email ${email.toLowerCase()}`;

/**
 * Lets an address try secrets of any kind only so often.
 * @returns to be called when the secret was right.
 * @throws {MusterError} 429 when too many were wrong.
 */
export async function countAddressAttempt(db: Db, ip: string, now: Date): Promise<() => Promise<void>> {
  const key = keyOfAddress(ip);
  await countAttempt(db, key, FREE_BY_ADDRESS, now);
  return () => settleLoginAttempts(db, { cleared: [], takenBack: [key] });
}

/**
 * Opens a session for who knows the password. An e-mail that is unknown or disabled takes as long as a wrong password.
 * @throws {MusterError} 429 after too many failures of the e-mail or the address, in all processes together, or while
 * too many passwords are being checked here.
 */
export async function logIn(
  { db, clock, passwords }: LogInDeps,
  { email, password }: { email: string; password: string },
  origin: Origin,
): Promise<(Session & { token: string }) | FailedLogIn> {
  const now = clock.now();
  // Both before either is counted: what is refused for one key says nothing about the other.
  await requireUnblocked(db, [keyOfAddress(origin.ip), keyOfEmail(email)], now);
  await countAttempt(db, keyOfAddress(origin.ip), FREE_BY_ADDRESS, now);
  await countAttempt(db, keyOfEmail(email), FREE_BY_EMAIL, now);
  const known = await selectCredentials(db, email);
  const { isRight, isWeak } = await passwords.check(password, known?.passwordHash);
  if (known === undefined || !isRight || known.isDisabled) {
    return { user: known === undefined ? null : { id: known.id, name: known.name } };
  }
  let { passwordHash } = known;
  if (isWeak) {
    const to = await passwords.hash(password);
    if (await replacePasswordHash(db, { id: known.id, from: passwordHash, to })) passwordHash = to;
  }
  const session = await withTx(db, async (tx) => {
    const user = await recordLogin(tx, { id: known.id, passwordHash, now });
    return user === undefined ? undefined : openSession(tx, user, origin, now);
  });
  if (session === undefined) return { user: { id: known.id, name: known.name } };
  const takenBack = [keyOfAddress(origin.ip)];
  await settleLoginAttempts(db, { cleared: [keyOfEmail(email)], takenBack });
  return session;
}

/**
 * Whether it is the password of the user, who is logged in. Counts as a log-in that failed when it is not, so that a
 * session that was left open is no way to guess.
 * @throws {MusterError} 429 as `logIn`.
 */
export async function checkOwnPassword(
  { db, clock, passwords }: LogInDeps,
  email: string,
  password: string,
): Promise<boolean> {
  const key = keyOfEmail(email);
  await countAttempt(db, key, FREE_BY_EMAIL, clock.now());
  const { isRight } = await passwords.check(password, (await selectCredentials(db, email))?.passwordHash);
  if (isRight) await settleLoginAttempts(db, { cleared: [key], takenBack: [] });
  return isRight;
}
