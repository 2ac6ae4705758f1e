import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AuditEntry, insertAudit } from '../../accounts/index.ts';
import { isObject, type JsonObject, toError } from '../../base/index.ts';
import type { HttpDeps } from '../deps.ts';
import { isLooking } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the audit calls it, `object.verb`; absent = by method and path; null = the route writes it, or nobody. */
    action?: string | null;
  }
  interface FastifyRequest {
    /** What a route knows better than its address, body and answer do. */
    auditNote: AuditNote | null;
    /** Id, name and database in the answer. */
    auditAnswer: JsonObject | null;
  }
}

export type AuditNote = Partial<Pick<AuditEntry, 'objectId' | 'objectName' | 'details'>>;

const MAX_KEYS = 50;
const MAX_NAME_LENGTH = 200;
const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'set',
  PATCH: 'update',
  DELETE: 'delete',
};

/** `workflow.publish` of `POST /workflows/:id/publish`, `field.create` of `POST /databases/:id/fields`. */
function deriveAction(method: string, path: string): string {
  const words = path
    .split('/')
    .filter((part) => part !== '' && !part.startsWith(':'))
    .map((part) => part.replaceAll('_', '-'));
  const last = words.at(-1) ?? '';
  // Collections are plural.
  const isCollection = last.endsWith('s') || words.length < 2;
  const collection = isCollection ? last : (words.at(-2) ?? '');
  return `${collection.replace(/s$/, '')}.${isCollection ? (verbs[method] ?? 'change') : last}`;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME_LENGTH) : undefined;
}

function idOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function ownOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The names of what was given, never its values. */
function detailsOf(body: unknown): JsonObject {
  if (!isObject(body)) return {};
  const keys = Object.keys(body).slice(0, MAX_KEYS);
  return { keys: keys.map((key) => key.slice(0, MAX_NAME_LENGTH)) };
}

/** The last identifier in the address is the object's own; a new one has its in the answer. */
function objectIdOf(request: FastifyRequest): string | undefined {
  const { params, body, query, auditAnswer } = request;
  const path = request.routeOptions.url ?? '';
  const isMade =
    request.method === 'POST' && !path.endsWith('/') && deriveAction('POST', path).endsWith('.create');
  if (isMade) return textOf(ownOf(auditAnswer, 'id'));
  const names = path.match(/(?<=:)\w+/g) ?? [];
  return (
    textOf(ownOf(params, names.at(-1) ?? '')) ?? textOf(ownOf(body, 'key')) ?? textOf(ownOf(query, 'key'))
  );
}

function databaseIdOf(request: FastifyRequest, objectKind: string): number | undefined {
  const { params, body, query, auditAnswer, routeOptions } = request;
  const named = [auditAnswer, body, query].map((from) => idOf(ownOf(from, 'database_id')));
  const found = named.find((id) => id !== undefined);
  if (found !== undefined) return found;
  if (objectKind === 'database') return idOf(ownOf(auditAnswer, 'id')) ?? idOf(ownOf(params, 'id'));
  return routeOptions.url?.includes('/databases/:id/') ? idOf(ownOf(params, 'id')) : undefined;
}

/** Where a request comes from, for an entry. */
export function circumstancesOf({ clock }: HttpDeps, request: FastifyRequest) {
  return { at: clock.now(), ip: request.ip, requestId: request.id };
}

/** Who makes the request, for an entry. */
export function actorOf({ principal }: FastifyRequest) {
  if (principal === null) return { actorKind: 'system' as const, actorId: null, actorName: '' };
  return { actorKind: principal.kind, actorId: principal.id, actorName: principal.name };
}

/**
 * Writes an entry about what has been done already: a fault is logged, with the entry, since the request cannot fail
 * any more.
 */
export async function writeAudit(
  { db, log }: HttpDeps,
  request: FastifyRequest,
  entry: AuditEntry,
): Promise<void> {
  try {
    await insertAudit(db, entry);
  } catch (thrown) {
    const { action, objectKind, objectId, actorKind, actorId } = entry;
    log.error(
      { err: toError(thrown), requestId: request.id, action, objectKind, objectId, actorKind, actorId },
      'an entry of the audit could not be written',
    );
  }
}

/** The entry of a request that has succeeded; undefined = it has changed nothing. */
function entryOf(deps: HttpDeps, request: FastifyRequest): AuditEntry | undefined {
  const { routeOptions, principal, auditNote, auditAnswer, body } = request;
  const { action: declared, role } = routeOptions.config;
  if (principal === null || isLooking(request.method) || declared === null) return undefined;
  // What viewers may do changes nothing, unless it says what it does.
  if (role === 'viewer' && declared === undefined) return undefined;
  const path = (routeOptions.url ?? '').replace(/^\/api\/admin/, '');
  const action = declared ?? deriveAction(request.method, path);
  const objectKind = action.slice(0, action.indexOf('.'));
  return {
    ...circumstancesOf(deps, request),
    ...actorOf(request),
    action,
    objectKind,
    objectId: objectIdOf(request) ?? null,
    objectName: textOf(ownOf(auditAnswer, 'name')) ?? textOf(ownOf(body, 'name')) ?? null,
    databaseId: databaseIdOf(request, objectKind) ?? null,
    details: detailsOf(body),
    ...auditNote,
  };
}

/** Writes one entry for each changing request that has succeeded, before its answer is sent. */
export function addAuditTrail(app: FastifyInstance, deps: HttpDeps): void {
  app.decorateRequest('auditNote', null);
  app.decorateRequest('auditAnswer', null);
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const [id, name, databaseId] = ['id', 'name', 'database_id'].map((key) => ownOf(payload, key));
    request.auditAnswer = {
      id: idOf(id) ?? textOf(id) ?? null,
      name: textOf(name) ?? null,
      database_id: idOf(databaseId) ?? null,
    };
    return payload;
  });
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode >= 400) return;
    const entry = entryOf(deps, request);
    if (entry !== undefined) await writeAudit(deps, request, entry);
  });
}
