import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { type Clock, toError } from '../base/index.ts';
import { listBudgets } from '../budgets/index.ts';
import type { GateFigures } from './body-gate.ts';
import type { HttpDeps } from './deps.ts';
import { readHooks } from './hook-figures.ts';
import { readMessageFigures } from './message-figures.ts';
import type { QueueFigures } from './metrics.ts';
import { readCallFigures } from './sql/read-call-figures.ts';
import { readChunkFigures } from './sql/read-chunk-figures.ts';
import { readOldestRun } from './sql/read-oldest-run.ts';
import { readTaskFigures } from './sql/read-task-figures.ts';
import { readUnderWay } from './under-way.ts';

/** A probe that hangs is worth less than one that says no. */
const PROBE_LIMIT_MS = 2000;
const TOO_LATE = 'the database did not answer within 2 s';

/** The value, or why there is none: a fault or too long a wait. The late value or fault is dropped. */
async function probe<T>(clock: Clock, work: () => Promise<T>): Promise<{ value: T } | { fault: Error }> {
  const answered = new AbortController();
  const outcome = work().then(
    (value) => ({ value }),
    (thrown: unknown) => ({ fault: toError(thrown) }),
  );
  const late = clock.sleep(PROBE_LIMIT_MS, answered.signal).then(() => ({ fault: new Error(TOO_LATE) }));
  const first = await Promise.race([outcome, late]);
  answered.abort();
  return first;
}

function ageSeconds(now: Date, since: Date | null): number {
  return since === null ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1000);
}

async function readQueues(deps: HttpDeps): Promise<QueueFigures> {
  const { db } = deps;
  // One after the other: a scrape takes one connection, however often it comes.
  const figures = await readTaskFigures(db);
  const chunks = await readChunkFigures(db);
  const oldestRun = await readOldestRun(db);
  const calls = await readCallFigures(db);
  const hooks = await readHooks(db, deps.clock);
  const messages = await readMessageFigures(db, deps.clock);
  const now = deps.clock.now();
  const budgets = await listBudgets(db, now);
  const underWay = await readUnderWay(db, now);
  return {
    ...figures,
    hooks,
    messages,
    pendingChunks: chunks.chunks,
    pendingRows: chunks.rows,
    oldestChunkAge: ageSeconds(now, chunks.oldestAcceptedAt),
    oldestRunAge: ageSeconds(now, oldestRun),
    queuedCalls: calls.queued,
    oldestCallAge: ageSeconds(now, calls.oldestDueAt),
    breakers: new Map(budgets.map(({ key, breaker }) => [key, breaker !== 'closed'])),
    underWay,
  };
}

/** What may be asked without a token: whether the process lives, whether it can work, and its figures. */
export function addHealth(app: FastifyInstance, deps: HttpDeps, readGate: () => GateFigures): void {
  const schema = { hide: true };
  app.get('/healthz', { schema }, async () => ({ status: 'ok' }));

  app.get('/readyz', { schema }, async (_request, reply) => {
    const answered = await probe(deps.clock, async () => {
      await sql`select 1`.execute(deps.db);
      return deps.isSchemaCurrent();
    });
    if ('value' in answered && answered.value) return { status: 'ready' };
    if ('value' in answered) {
      return reply
        .code(503)
        .send({ status: 'unready', reason: 'the database schema is not of this version' });
    }
    // The reason stays in the log: it may hold the address of the database.
    deps.log.warn({ err: answered.fault }, 'not ready');
    return reply.code(503).send({ status: 'unready', reason: 'the database does not answer' });
  });

  app.get('/metrics', { schema }, async (_request, reply) => {
    const answered = await probe(deps.clock, () => readQueues(deps));
    if ('fault' in answered)
      deps.log.warn({ err: answered.fault }, 'metrics without the figures of the queues');
    const queues = 'value' in answered ? answered.value : undefined;
    return reply
      .type(deps.metrics.contentType)
      .send(await deps.metrics.print(queues, deps.readPool(), readGate()));
  });
}
