import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { getCall, type ListedCall, listCalls, resolveCall } from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { type CallObject, call, callPage, callParams, callQuery, decision } from './call-contract.ts';
import { noQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';

function toObject(listed: ListedCall): CallObject {
  return {
    id: listed.id,
    status: listed.state,
    database_id: listed.databaseId,
    workflow_id: listed.workflowId,
    version: listed.version,
    node: listed.node,
    run_id: listed.runId,
    profile_id: listed.profileId,
    method: listed.method,
    host: listed.host,
    on_unknown: listed.onUnknown,
    under_way: listed.isUnderWay,
    attempts: listed.attempts,
    retries_left: listed.retriesLeft,
    http_status: listed.httpStatus,
    fault: listed.fault,
    due_at: listed.dueAt?.toISOString() ?? null,
    created_at: listed.createdAt.toISOString(),
    settled_at: listed.settledAt?.toISOString() ?? null,
  };
}

/** API calls of workflows: what has become of them, and the decision where nobody knows. */
export function addCalls(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/calls',
    {
      schema: {
        summary: 'List API calls, the latest first, without their requests',
        querystring: callQuery,
        response: answers(200, callPage),
      },
    },
    async (request) => {
      const { status, workflow_id: workflowId, run_id: runId, host, after, limit = 100 } = request.query;
      const { databaseIds } = principalOf(request);
      const search = { databaseIds, state: status, workflowId, runId, host, before: after, limit };
      const found = await listCalls(db, search);
      return { data: found.calls.map(toObject), next_after: found.next ?? null };
    },
  );

  app.post(
    '/calls/:id/resolve',
    {
      schema: {
        summary: 'Decide what becomes of a parked API call',
        params: callParams,
        querystring: noQuery,
        body: decision,
        response: answers(200, call),
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!sees(request, (await getCall(db, id)).databaseId)) throw noSuch('API call', id);
      await resolveCall(db, id, request.body.as, clock.now());
      deps.wakeEngine();
      return toObject(await getCall(db, id));
    },
  );
}
