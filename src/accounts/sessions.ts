import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../db/index.ts';
import { deleteSession } from './sql/delete-session.ts';
import { insertSession } from './sql/insert-session.ts';
import { selectSession } from './sql/select-session.ts';
import type { User } from './sql/select-users.ts';
import { touchSession } from './sql/touch-session.ts';

const DAY_MS = 86_400_000;
/** A session that nobody uses ends after so long. */
const IDLE_MS = 14 * DAY_MS;
/** No session lasts longer, however much it is used. */
export const SESSION_SECONDS = 90 * 86_400;
/** That it is used is not written at every request. */
const TOUCH_MS = 300_000;
const MAX_AGENT_LENGTH = 300;

/** Somebody who is logged in. */
export interface Session {
  readonly user: User;
  /** What the header `x-csrf-token` of changing requests must hold. */
  readonly csrfToken: string;
  /** SHA-256 of what stands in the cookie: its name in the database. */
  readonly tokenHash: Buffer;
}

/** Where a request comes from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
}

/** Without salt, as that of API tokens: it has 256 random bits. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The end of a session that is used at `now`. */
function endOf(createdAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + IDLE_MS, createdAt.getTime() + SESSION_SECONDS * 1000));
}

/** Opens a session. `token` is for the cookie, and in no table. */
export async function openSession(
  db: Db,
  user: User,
  { ip, userAgent }: Origin,
  now: Date,
): Promise<Session & { token: string }> {
  const token = newToken();
  const csrfToken = newToken();
  const tokenHash = hashToken(token);
  await insertSession(db, {
    ...{ tokenHash, userId: user.id, csrfToken, now, expiresAt: endOf(now, now), ip },
    userAgent: userAgent.replaceAll('\u0000', '').toWellFormed().slice(0, MAX_AGENT_LENGTH),
  });
  return { user, csrfToken, tokenHash, token };
}

/** The session of what stands in the cookie, which goes on by this; undefined when it has ended. */
export async function findSession(db: Db, token: string, now: Date): Promise<Session | undefined> {
  const tokenHash = hashToken(token);
  const stored = await selectSession(db, tokenHash, now);
  if (stored === undefined) return undefined;
  const { user, csrfToken, createdAt, lastSeenAt } = stored;
  if (now.getTime() - lastSeenAt.getTime() >= TOUCH_MS) {
    await touchSession(db, { tokenHash, now, expiresAt: endOf(createdAt, now) });
  }
  return { user, csrfToken, tokenHash };
}

/** Ends the session of what stands in the cookie, if there is one. */
export async function endSession(db: Db, token: string): Promise<void> {
  await deleteSession(db, hashToken(token));
}
