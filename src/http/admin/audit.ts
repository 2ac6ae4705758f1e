import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { actorKinds, type StoredAuditEntry, selectAudit } from '../../accounts/index.ts';
import type { HttpDeps } from '../deps.ts';
import { auditPage, auditQuery } from './account-contract.ts';
import { answers } from './routes.ts';

function toObject(entry: StoredAuditEntry) {
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
    action: entry.action,
    object: { kind: entry.objectKind, id: entry.objectId, name: entry.objectName },
    database_id: entry.databaseId,
    details: entry.details,
    ip: entry.ip,
    request_id: entry.requestId,
  };
}

/** `workflow:5` as kind and id; absent parts do not matter. */
function splitName(text: string | undefined): { kind?: string | undefined; id?: string | undefined } {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  return colon < 0 ? { kind: text } : { kind: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** Who has changed what. */
export function addAudit(root: FastifyInstance, { db }: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/audit',
    {
      config: { role: 'owner', everyDatabase: true },
      schema: {
        summary: 'List what was changed, and who has logged in, the newest first',
        querystring: auditQuery,
        response: answers(200, auditPage),
      },
    },
    async (request) => {
      const { action, after: before, limit = 100 } = request.query;
      const actor = splitName(request.query.actor);
      const object = splitName(request.query.object);
      const found = await selectAudit(db, {
        ...{ action, before, limit: limit + 1, objectKind: object.kind, objectId: object.id },
        actorKind: actorKinds.find((kind) => kind === actor.kind),
        actorId: actor.id === undefined ? undefined : Number(actor.id),
      });
      const data = found.slice(0, limit).map(toObject);
      return { data, next_after: found.length > limit ? (data.at(-1)?.id ?? null) : null };
    },
  );
}
