import type { FastifyRequest } from 'fastify';
import { findToken, mayUse, type Right, type Token } from '../../accounts/index.ts';
import { type JsonObject, MusterError, ownValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { bearerSecret, querySecret } from '../secrets.ts';

function bodySecret(body: JsonObject): string | undefined {
  const token = ownValue(body, 'token');
  if (token === undefined || token === null || token === '') return undefined;
  if (typeof token === 'string') return token;
  throw new MusterError(401, { field: 'token', detail: 'token: expected a string' });
}

/**
 * The token of a request: from the body, else the header, else the address.
 * @throws {MusterError} 401 when it is missing or unknown.
 */
export async function authenticate(db: Db, request: FastifyRequest, body: JsonObject): Promise<Token> {
  const secret = bodySecret(body) ?? bearerSecret(request) ?? querySecret(request);
  if (secret === undefined) {
    throw new MusterError(401, {
      field: 'token',
      detail: 'token: missing; expected in the body, in the header Authorization: Bearer, or as ?token=',
    });
  }
  const token = await findToken(db, secret);
  if (token === undefined)
    throw new MusterError(401, { field: 'token', detail: 'token: unknown or revoked' });
  return token;
}

/** @throws {MusterError} 403 when the token has none of the rights, on that database where one is given. */
export function requireRight(
  token: Pick<Token, 'rights' | 'databaseIds'>,
  rights: readonly Right[],
  databaseId?: number,
): void {
  if (rights.some((right) => mayUse(token, right, databaseId))) return;
  const lacked = rights.some((right) => mayUse(token, right))
    ? `database ${databaseId}`
    : `the right ${rights.join(' or ')}`;
  throw new MusterError(403, { field: 'token', detail: `token: does not have ${lacked}` });
}
