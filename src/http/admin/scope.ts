import type { IncomingMessage } from 'node:http';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError, toError } from '../../base/index.ts';
import type { BodyReader } from '../body-reader.ts';
import type { HttpDeps } from '../deps.ts';
import { parseJsonText } from '../parse-json.ts';
import { addAudit } from './audit.ts';
import { addAuditTrail } from './audit-trail.ts';
import { admit } from './auth.ts';
import { addBudgets } from './budgets.ts';
import { addCalls } from './calls.ts';
import { addDatabases } from './databases.ts';
import { addExplain } from './explain.ts';
import { addFigures } from './figures.ts';
import { addHooks } from './hooks.ts';
import { addImports } from './imports.ts';
import { addMessages } from './messages.ts';
import { describeProblem, HttpProblem, sendProblem } from './problem.ts';
import { addProfileChanges } from './profile-changes.ts';
import { addProfileViews } from './profile-views.ts';
import { addProfiles } from './profiles.ts';
import { addResources } from './resources.ts';
import { addRuns } from './runs.ts';
import { addSegments } from './segments.ts';
import { addSenders } from './senders.ts';
import { addSession } from './session.ts';
import { addSettings } from './settings.ts';
import { addSuppressionLists } from './suppression-lists.ts';
import { addTasks } from './tasks.ts';
import { addTemplates } from './templates.ts';
import { addTokens } from './tokens.ts';
import { addUsers } from './users.ts';
import { addWorkflowTools } from './workflow-tools.ts';
import { addWorkflows } from './workflows.ts';

export const ADMIN_PREFIX = '/api/admin';

/** Bodies are JSON objects of at most so many bytes; many clients name the type of a body that they do not send. */
export function addJsonParser(app: FastifyInstance, bodies: BodyReader, limitBytes: number): void {
  app.addContentTypeParser('application/json', async (_request: FastifyRequest, payload: IncomingMessage) => {
    const read = await bodies.read(payload, { limitBytes, weight: 1 });
    if (read.kind === 'too-large') {
      // Fastify closes the connection after an error here, so everything must have arrived before the answer.
      await read.drained;
      throw new HttpProblem(413, `expected at most ${limitBytes} bytes`);
    }
    if (read.kind === 'aborted') throw new HttpProblem(400, 'the connection ended before the body did');
    // Those who may come here are few and known: what they have sent is not counted for longer.
    read.leave();
    if (read.length === 0) return undefined;
    const parsed = read.text.ok ? parseJsonText(read.text.value) : read.text;
    if (!parsed.ok) throw new MusterError(400, { detail: parsed.error });
    return parsed.value;
  });
}

export function sendUnknownResource(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, { status: 404, detail: `${request.method} is not possible here` });
}

/** Any fault as a problem; one of ours is logged, and not told. */
export function sendAdminFault(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: HttpDeps,
): FastifyReply {
  const found = describeProblem(thrown);
  if (thrown instanceof MusterError && thrown.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(thrown.retryAfterSeconds));
  }
  if (found !== undefined) return sendProblem(request, reply, found);
  deps.log.error(
    { err: toError(thrown), requestId: request.id, route: request.routeOptions.url },
    'a request met a fault',
  );
  return sendProblem(request, reply, { status: 500 });
}

/** REST for administrators: programs with a token, and the web UI with a session. */
export function addAdminScope(app: FastifyInstance, deps: HttpDeps, bodies: BodyReader): void {
  addJsonParser(app, bodies, deps.config.bodyLimitBytes);
  // Converts text to numbers in addresses only; a body must have the types that it should have.
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Not the serializer made from schemas: it leaves out keys that a schema does not name.
  app.setSerializerCompiler(() => JSON.stringify);
  app.addHook('onRequest', (request) => admit(deps, request));
  addAuditTrail(app, deps);
  app.setErrorHandler((thrown, request, reply) => sendAdminFault(thrown, request, reply, deps));
  app.setNotFoundHandler(sendUnknownResource);
  addSession(app, deps);
  addUsers(app, deps);
  addAudit(app, deps);
  addSettings(app, deps);
  addDatabases(app, deps);
  addWorkflows(app, deps);
  addWorkflowTools(app, deps);
  addTokens(app, deps);
  addFigures(app, deps);
  addTasks(app, deps);
  addImports(app, deps);
  addProfiles(app, deps);
  addProfileChanges(app, deps);
  addProfileViews(app, deps);
  addExplain(app, deps);
  addResources(app, deps);
  addRuns(app, deps);
  addSegments(app, deps);
  addSuppressionLists(app, deps);
  addBudgets(app, deps);
  addCalls(app, deps);
  addHooks(app, deps);
  addSenders(app, deps);
  addTemplates(app, deps);
  addMessages(app, deps);
}
