import type { FastifyRequest } from 'fastify';
import { isObject } from '../base/index.ts';

/** The secret in `Authorization: Bearer …`. */
export function bearerSecret(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** The text of a query parameter that is given once and not empty. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const { query } = request;
  const value = isObject(query) && Object.hasOwn(query, name) ? query[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The secret in `?token=…`. */
export function querySecret(request: FastifyRequest): string | undefined {
  return queryText(request, 'token');
}
