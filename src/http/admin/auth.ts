import type { FastifyRequest } from 'fastify';
import { findToken, mayUse, type Token } from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { bearerSecret, querySecret } from '../secrets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The administrator's token; null outside /api/admin. */
    adminToken: Token | null;
  }
}

/**
 * The token of a request, from the header or the address, with the right `admin`.
 * @throws {MusterError} 401 when it is missing or unknown, 403 when it lacks the right.
 */
export async function authenticateAdmin(db: Db, request: FastifyRequest): Promise<Token> {
  const secret = bearerSecret(request) ?? querySecret(request);
  if (secret === undefined) {
    throw new MusterError(401, { detail: 'expected a token in Authorization: Bearer, or as ?token=' });
  }
  const token = await findToken(db, secret);
  if (token === undefined) throw new MusterError(401, { detail: 'the token is unknown or revoked' });
  if (!mayUse(token, 'admin')) throw new MusterError(403, { detail: 'the token lacks the right admin' });
  return token;
}

/** The token that the hook of the scope has found. */
export function adminOf(request: FastifyRequest): Token {
  if (request.adminToken === null) throw new Error('a route of /api/admin was reached without its hook');
  return request.adminToken;
}

/** Whether the token may see what belongs to that database; what it may not see is as if it were not there. */
export function sees(request: FastifyRequest, databaseId: number): boolean {
  return mayUse(adminOf(request), 'admin', databaseId);
}

/** @throws {MusterError} 403 for a token that is bound to some databases. */
export function requireEveryDatabase(request: FastifyRequest, action: string): void {
  if (adminOf(request).databaseIds === null) return;
  throw new MusterError(403, { detail: `a token that is bound to some databases cannot ${action}` });
}
