import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type JsonObject, toError } from '../../base/index.ts';
import {
  createFactGatherer,
  type FactKind,
  findRecipient,
  type GatherFact,
  linkPaths,
  type MessageRef,
  maskAddress,
  printLink,
  type Recipient,
  readKey,
} from '../../messages/index.ts';
import type { HttpDeps } from '../deps.ts';
import { chooseLanguage, type Language } from './page-texts.ts';
import { PAGE_POLICY, printAsking, printDone, printFailed, printUnknown } from './pages.ts';
import { isMachine } from './prefetch.ts';

/** Transparent, 1 × 1. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** The form sends a few dozen bytes; a provider's one click sends 26, or a small multipart body. */
const BODY_LIMIT_BYTES = 4_096;
const MAX_AGENT_LENGTH = 500;

interface KeyRoute {
  Params: { key: string };
  Querystring: { u?: unknown };
}
type Unsubscribe = 'unsubscribe' | 'unsubscribe_everywhere';

/** What is kept of who did something. Texts that the database would refuse are mended. */
function traceOf(request: FastifyRequest): JsonObject {
  const agent = (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT_LENGTH);
  return { ip: request.ip, user_agent: agent.replaceAll('\u0000', '').toWellFormed() };
}

function languageOf(request: FastifyRequest, recipient?: Recipient): Language {
  return chooseLanguage(recipient?.language ?? null, request.headers['accept-language']);
}

function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(page);
}

function sendUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, printUnknown(languageOf(request)));
}

/** Records what a person did. @returns false when that failed: it is logged and counted. */
async function keepFact(
  deps: HttpDeps,
  gather: GatherFact,
  message: MessageRef,
  kind: FactKind,
  data: JsonObject,
): Promise<boolean> {
  try {
    await gather({ slot: message.slot, messageId: message.id, kind, at: deps.clock.now(), data });
    return true;
  } catch (thrown) {
    deps.metrics.observeLostFact(kind);
    deps.log.error({ err: toError(thrown), kind, message }, 'what a recipient did could not be recorded');
    return false;
  }
}

function addPixel(app: FastifyInstance, deps: HttpDeps, gather: GatherFact): void {
  app.get<KeyRoute>(`${linkPaths.open}:key`, async (request, reply) => {
    const { key } = request.params;
    const message = key.endsWith('.gif') ? readKey(deps.vault, 'open', key.slice(0, -4)) : undefined;
    if (message !== undefined && !isMachine(request)) {
      await keepFact(deps, gather, message, 'opened', traceOf(request));
    }
    // Mail is read on pages of other origins, which helmet's default would keep from showing the picture.
    return reply
      .code(message === undefined ? 404 : 200)
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', 'no-store, private')
      .type('image/gif')
      .send(PIXEL);
  });
}

function addClick(app: FastifyInstance, deps: HttpDeps, gather: GatherFact): void {
  app.get<KeyRoute>(`${linkPaths.click}:key`, async (request, reply) => {
    const { u: url } = request.query;
    // The mark covers the URL: nobody else can make this server lead anywhere.
    const message =
      typeof url === 'string' ? readKey(deps.vault, 'click', request.params.key, url) : undefined;
    if (message === undefined || typeof url !== 'string') return sendUnknown(request, reply);
    if (!isMachine(request)) {
      await keepFact(deps, gather, message, 'clicked', { ...traceOf(request), url });
    }
    return reply.header('cache-control', 'no-store, private').redirect(new URL(url).href, 302);
  });
}

/** RFC 8058, as a form or as multipart. */
function isOneClick(body: unknown): boolean {
  return typeof body === 'string' && /list-unsubscribe/i.test(body) && /one-click/i.test(body);
}

function addUnsubscribe(app: FastifyInstance, deps: HttpDeps, gather: GatherFact, kind: Unsubscribe): void {
  const { db, vault } = deps;
  const path = `${linkPaths[kind]}:key`;
  const isAll = kind === 'unsubscribe_everywhere';
  async function find(request: FastifyRequest<KeyRoute>) {
    const message = readKey(vault, kind, request.params.key);
    const recipient = message === undefined ? undefined : await findRecipient(db, message);
    if (message === undefined || recipient === undefined) return undefined;
    const subject = { address: maskAddress(recipient.address), list: recipient.resourceName };
    return { message, subject, language: languageOf(request, recipient) };
  }
  app.get<KeyRoute>(path, async (request, reply) => {
    const found = await find(request);
    if (found === undefined) return sendUnknown(request, reply);
    const everything = isAll ? undefined : printLink('', vault, 'unsubscribe_everywhere', found.message);
    return sendPage(reply, 200, printAsking(found.language, found.subject, everything));
  });
  app.post<KeyRoute>(path, async (request, reply) => {
    const found = await find(request);
    if (found === undefined) return sendUnknown(request, reply);
    const fact: FactKind = isAll ? 'unsubscribed_everywhere' : 'unsubscribed';
    const oneClick = isOneClick(request.body);
    const data = { ...traceOf(request), one_click: oneClick };
    const isKept = await keepFact(deps, gather, found.message, fact, data);
    if (!isKept) return sendPage(reply, 503, printFailed(found.language));
    if (oneClick) return reply.code(200).type('text/plain; charset=utf-8').send('unsubscribed\n');
    return sendPage(reply, 200, printDone(found.language, found.subject, isAll));
  });
}

/** The links in messages: opening, clicking, unsubscribing. No token: each link carries its own mark. */
export function addTrackingScope(app: FastifyInstance, deps: HttpDeps): void {
  const gather = createFactGatherer(deps.recordFacts, deps.clock);
  const options = { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES } as const;
  // Whatever a mail program sends along: only whether it is the one click is looked at.
  app.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true };
  });
  app.setErrorHandler((thrown, request, reply) => {
    const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
    if (status >= 400 && status < 500) return sendPage(reply, status, printUnknown(languageOf(request)));
    deps.log.error({ err: toError(thrown), requestId: request.id }, 'a request met a fault');
    return sendPage(reply, 500, printFailed(languageOf(request)));
  });
  addPixel(app, deps, gather);
  addClick(app, deps, gather);
  addUnsubscribe(app, deps, gather, 'unsubscribe');
  addUnsubscribe(app, deps, gather, 'unsubscribe_everywhere');
}
