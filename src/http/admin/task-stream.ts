import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { answers, noSuch } from './routes.ts';
import { streamQuery, taskNews } from './task-contract.ts';
import { type Followed, TaskWatches } from './task-watch.ts';

const DEFAULT_LIMIT = 50;
/** A comment now and then keeps proxies from taking a quiet stream for a dead one. */
const BEAT_MS = 15_000;
/** Browsers come again by themselves, and are asked again who they are. */
const LONGEST_MS = 300_000;
const RETRY_MS = 2000;
/** What a client may leave unread; it can begin anew. */
const MAX_UNREAD_BYTES = 4_000_000;

interface StreamQuery {
  readonly database_id?: number;
  readonly workflow_id?: number;
  readonly status?: Extract<Followed, { limit: number }>['status'];
  readonly limit?: number;
  readonly ids?: string;
}

function toFollowed(request: FastifyRequest, query: StreamQuery): Followed {
  const { database_id: databaseId, workflow_id: workflowId, status, limit = DEFAULT_LIMIT, ids } = query;
  if (databaseId !== undefined && !sees(request, databaseId)) throw noSuch('database', databaseId);
  const { databaseIds: seen } = principalOf(request);
  if (ids !== undefined) return { ids: ids.split(','), databaseIds: seen };
  return { databaseIds: databaseId === undefined ? seen : [databaseId], workflowId, status, limit };
}

/** Server-sent events of tasks, until the client goes, the server closes, or some minutes have passed. */
function openStream({ clock }: HttpDeps, watches: TaskWatches, followed: Followed): Readable {
  const over = new AbortController();
  const stream = new Readable({ read: () => {} });
  const write = (text: string): void => {
    if (over.signal.aborted) return;
    if (stream.readableLength > MAX_UNREAD_BYTES) end();
    else stream.push(text);
  };
  function end(): void {
    if (over.signal.aborted) return;
    over.abort();
    stream.push(null);
  }
  write(`retry: ${RETRY_MS}\n\n`);
  const leave = watches.follow(followed, {
    tell: (data) => write(`event: tasks\ndata: ${JSON.stringify({ data })}\n\n`),
    end,
  });
  stream.once('close', () => {
    over.abort();
    leave();
  });
  const beat = async (): Promise<void> => {
    for (let passed = 0; passed < LONGEST_MS && !over.signal.aborted; passed += BEAT_MS) {
      await clock.sleep(BEAT_MS, over.signal);
      write(': still here\n\n');
    }
    leave();
    end();
  };
  void beat();
  return stream;
}

/** Tasks as they move, for those who look at them. */
export function addTaskStream(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const watches = new TaskWatches(deps);
  app.addHook('preClose', async () => watches.stop());

  app.get(
    '/tasks/stream',
    {
      schema: {
        summary: 'Follow tasks as server-sent events: the newest, or those that are named',
        description:
          'Events named `tasks`, each with `{"data": […]}`; look once a second; ends after five minutes.',
        produces: ['text/event-stream'],
        querystring: streamQuery,
        response: answers(200, taskNews),
      },
    },
    async (request, reply) => {
      const followed = toFollowed(request, request.query);
      return (
        reply
          .header('cache-control', 'no-store')
          // Nginx would collect what should arrive at once.
          .header('x-accel-buffering', 'no')
          .type('text/event-stream; charset=utf-8')
          .send(openStream(deps, watches, followed))
      );
    },
  );
}
