import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Right, rights, type Token } from './rights.ts';
import { insertFirstToken } from './sql/insert-first-token.ts';
import { insertToken } from './sql/insert-token.ts';
import { markTokenRevoked } from './sql/mark-token-revoked.ts';
import { selectTokenByHash } from './sql/select-token-by-hash.ts';
import { type ListedToken, selectTokens } from './sql/select-tokens.ts';
import { upsertFullToken } from './sql/upsert-full-token.ts';

export type { ListedToken };

/**
 * Plain SHA-256 without salt: a token is looked up by its hash at every request, and one that Muster makes has 128
 * random bits, which no table of hashes covers.
 */
function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/** The token of that secret, or undefined when there is none or it was revoked. */
export async function findToken(db: Db, secret: string): Promise<Token | undefined> {
  return selectTokenByHash(db, hashSecret(secret));
}

/** Makes a token. `secret` (32 hex digits) is in no table: this is the only time it is seen. */
export async function createToken(
  db: Db,
  clock: Clock,
  options: { name: string; rights: readonly Right[]; databaseIds: readonly number[] | null },
): Promise<{ token: ListedToken; secret: string }> {
  const secret = newSecret();
  const token = await insertToken(db, { ...options, hash: hashSecret(secret), now: clock.now() });
  return { token, secret };
}

/**
 * Makes sure that this secret is a token with every right on every database, also where it was narrowed or revoked
 * before: who sets the process's environment decides.
 */
export async function ensureToken(db: Db, clock: Clock, secret: string, name: string): Promise<void> {
  await upsertFullToken(db, { name, hash: hashSecret(secret), rights, now: clock.now() });
}

/** Makes a full-rights token when there is no token at all, and returns its secret; undefined when there is one. */
export async function ensureFirstToken(db: Db, clock: Clock): Promise<string | undefined> {
  const secret = newSecret();
  const made = await insertFirstToken(db, {
    name: 'first start',
    hash: hashSecret(secret),
    rights,
    now: clock.now(),
  });
  return made ? secret : undefined;
}

/** All tokens, the revoked too, by id. Never their secrets or hashes. */
export async function listTokens(db: Db): Promise<ListedToken[]> {
  return selectTokens(db);
}

/** @returns false when there is no such token. Revoking twice keeps the first time. */
export async function revokeToken(db: Db, clock: Clock, id: number): Promise<boolean> {
  return markTokenRevoked(db, id, clock.now());
}
