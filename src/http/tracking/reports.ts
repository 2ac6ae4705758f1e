import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isObject, type JsonObject, type JsonValue, toError, tryParseJson } from '../../base/index.ts';
import { readReportAddress, takeReports } from '../../messages/index.ts';
import type { HttpDeps } from '../deps.ts';

export const REPORTS_PATH = '/api/reports';

const BODY_LIMIT_BYTES = 1_048_576;
const EXPECTED_BODY = 'body: expected JSON or a form';

interface ReportRoute {
  Params: { senderId: string; mark: string };
}

/** One report as fields; of fields that come twice the first counts. */
function fieldsOf(parameters: URLSearchParams): JsonObject {
  const fields = new Map<string, string>();
  for (const [name, value] of parameters) if (!fields.has(name)) fields.set(name, value);
  return Object.fromEntries(fields);
}

/** What the provider sent: JSON, a form, or the query. Undefined = none of these. */
function readReportBody(request: FastifyRequest): JsonValue | undefined {
  const query = request.url.indexOf('?');
  const fromQuery = fieldsOf(new URLSearchParams(query === -1 ? '' : request.url.slice(query)));
  const text = typeof request.body === 'string' ? request.body.replace(/^\uFEFF/, '').trim() : '';
  if (text === '') return fromQuery;
  // Providers are careless with content types: what looks like JSON is JSON.
  if (/^[[{]/.test(text)) return tryParseJson(text);
  const type = request.headers['content-type'] ?? '';
  if (!/^(?:application\/x-www-form-urlencoded|text\/plain|$)/i.test(type)) return undefined;
  return { ...fromQuery, ...fieldsOf(new URLSearchParams(text)) };
}

async function answerReport(
  deps: HttpDeps,
  request: FastifyRequest<ReportRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const senderId = readReportAddress(deps.vault, request.params.senderId, request.params.mark);
  const notFound = { error: 404, error_text: 'Not found' };
  if (senderId === undefined) return reply.code(404).send(notFound);
  const body = readReportBody(request);
  if (body === undefined) {
    return reply.code(400).send({ error: 400, error_text: 'Invalid request', error_debug: EXPECTED_BODY });
  }
  const taken = await takeReports(deps, senderId, body);
  if (taken === undefined) return reply.code(404).send(notFound);
  const { recorded, unknown, ignored, answer } = taken;
  deps.metrics.observeReports('recorded', recorded);
  deps.metrics.observeReports('unknown', unknown);
  deps.metrics.observeReports('ignored', ignored);
  if (answer !== null) return reply.type('text/plain; charset=utf-8').send(answer);
  return reply.send({ error: 0, error_text: 'Successful operation', recorded, unknown, ignored });
}

/** Delivery reports of providers: the address itself is the secret. */
export function addReportScope(app: FastifyInstance, deps: HttpDeps): void {
  const options = { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES } as const;
  app.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
  app.setErrorHandler((thrown, request, reply) => {
    const status = isObject(thrown) ? Number(thrown['statusCode']) : 500;
    if (status >= 400 && status < 500)
      return reply.code(status).send({ error: status, error_text: 'Invalid request' });
    // 503 lets the provider try again; the URL holds the mark and is not logged.
    deps.log.error({ err: toError(thrown), requestId: request.id }, 'a delivery report met a fault');
    return reply
      .code(503)
      .send({ error: 500, error_text: 'Internal error', error_debug: `request ${request.id}` });
  });
  for (const method of ['GET', 'POST'] as const) {
    app.route<ReportRoute>({
      method,
      url: '/:senderId/:mark',
      schema: { summary: 'Delivery reports of a provider; the address is its own key', security: [] },
      exposeHeadRoute: false,
      handler: (request, reply) => answerReport(deps, request, reply),
    });
  }
}
