import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { listBudgets } from '../../budgets/index.ts';
import type { HttpDeps } from '../deps.ts';
import { type Queues, readQueues } from '../figures/read-queues.ts';
import { type AttentionFigures, readAttention } from '../sql/read-attention.ts';
import {
  type ChartCount,
  readDeliveryCounts,
  readEventCounts,
  readFailedItems,
  readQueueSamples,
} from '../sql/read-charts.ts';
import { principalOf } from './auth.ts';
import { noQuery } from './contract.ts';
import {
  type AttentionObject,
  attentionList,
  type ChartPoint,
  chartQuery,
  charts,
} from './figure-contract.ts';
import { answers } from './routes.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A queue whose oldest entry has waited so long needs a look. */
const OLD_SECONDS = 300;

const importTypes = ['profile_created', 'profile_updated'];
const messageTypes = ['send', 'deliv', 'undeliv', 'sbounce', 'hbounce', 'open', 'click', 'unsub'];

/** Every step of the time, with 0 where nothing was. */
function toSeries(counts: readonly ChartCount[], from: Date, to: Date, stepSeconds: number): ChartPoint[] {
  const stepMs = stepSeconds * 1000;
  const names = [...new Set(counts.map(({ name }) => name))];
  const found = new Map(counts.map(({ at, name, count }) => [`${at.getTime()} ${name}`, count]));
  const points: ChartPoint[] = [];
  for (let at = from.getTime() - (from.getTime() % stepMs); at <= to.getTime(); at += stepMs) {
    const values = names.map((name) => [name, found.get(`${at} ${name}`) ?? 0] as const);
    points.push({ at: new Date(at).toISOString(), values: Object.fromEntries(values) });
  }
  return points;
}

function entry(kind: AttentionObject['kind'], part: Partial<AttentionObject> = {}): AttentionObject {
  return { kind, severity: 'bad', id: null, name: null, count: null, detail: null, ...part };
}

function toEntries(figures: AttentionFigures, { ages, parkedMessages }: Queues): AttentionObject[] {
  const { parkedCalls, failedItems } = figures;
  return [
    ...figures.stoppedHooks.map(({ id, name, reason }) =>
      entry('hook_stopped', { id, name, detail: reason }),
    ),
    ...figures.parkedDeliveries.map((hook) => entry('parked_deliveries', hook)),
    ...(parkedMessages > 0 ? [entry('parked_messages', { count: parkedMessages })] : []),
    ...(parkedCalls > 0 ? [entry('parked_calls', { count: parkedCalls })] : []),
    ...ages
      .filter(({ seconds }) => seconds >= OLD_SECONDS)
      .map(({ queue, seconds, waiting }) =>
        entry('queue_old', { name: queue, count: waiting, detail: String(seconds), severity: 'warning' }),
      ),
    ...(failedItems > 0 ? [entry('failed_items', { count: failedItems, severity: 'warning' })] : []),
    ...figures.pausedWorkflows.map(({ id, name, since }) =>
      entry('workflow_paused', { id, name, detail: since, severity: 'warning' }),
    ),
  ];
}

/** Charts of what happened, and what needs a person first. */
export function addFigures(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/figures',
    {
      schema: {
        summary: 'How imports, messages, deliveries and queues went, step by step',
        querystring: chartQuery,
        response: answers(200, charts),
      },
    },
    async (request) => {
      const { hours = 24, step = 900 } = request.query;
      const { databaseIds } = principalOf(request);
      const to = clock.now();
      const from = new Date(to.getTime() - hours * HOUR_MS);
      const query = { from, stepSeconds: step, databaseIds };
      const imported = await readEventCounts(db, query, importTypes);
      const refused = await readFailedItems(db, query);
      const messages = await readEventCounts(db, query, messageTypes);
      // Hooks and queues belong to no database.
      const deliveries = databaseIds === null ? await readDeliveryCounts(db, query) : [];
      const ages = databaseIds === null ? await readQueueSamples(db, query) : [];
      const series = (counts: readonly ChartCount[]) => toSeries(counts, from, to, step);
      return {
        imports: series([...imported, ...refused]),
        messages: series(messages),
        deliveries: series(deliveries),
        queue_seconds: series(ages),
      };
    },
  );

  app.get(
    '/attention',
    {
      schema: {
        summary: 'What needs a person first, and how long the queues are',
        querystring: noQuery,
        response: answers(200, attentionList),
      },
    },
    async (request) => {
      const { databaseIds } = principalOf(request);
      const now = clock.now();
      const figures = await readAttention(db, new Date(now.getTime() - DAY_MS), databaseIds);
      if (databaseIds !== null) {
        // What belongs to no database is not theirs to see to.
        const own = { ...figures, parkedCalls: 0, stoppedHooks: [], parkedDeliveries: [] };
        return { data: toEntries(own, { ages: [], parkedMessages: 0 }), queues: [] };
      }
      const queues = await readQueues(db, clock);
      const open = (await listBudgets(db, now)).filter(({ breaker }) => breaker !== 'closed');
      const breakers = open.map(({ key, reason }) => entry('breaker_open', { name: key, detail: reason }));
      return { data: [...breakers, ...toEntries(figures, queues)], queues: [...queues.ages] };
    },
  );
}
