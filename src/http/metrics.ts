import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BreakerChange } from '../budgets/index.ts';
import type { PoolFigures } from '../db/index.ts';
import type { GateFigures } from './body-gate.ts';
import { addHookGauges, type HookFigures } from './hook-figures.ts';
import { addMessageGauges, type MessageFigures } from './message-figures.ts';

/** What is read from the database when the metrics are asked for; ages in seconds, 0 when nothing is due. */
export interface QueueFigures {
  readonly messages: MessageFigures;
  readonly tasks: Readonly<Record<'pending' | 'processing' | 'completed' | 'cancelled', number>>;
  readonly runs: Readonly<Record<'active' | 'waiting' | 'ended' | 'failed', number>>;
  readonly pendingChunks: number;
  readonly pendingRows: number;
  readonly oldestChunkAge: number;
  readonly oldestRunAge: number;
  readonly queuedCalls: number;
  readonly oldestCallAge: number;
  /** By the key of their budget: whether its breaker is open or half open. */
  readonly breakers: ReadonlyMap<string, boolean>;
  /** By the key of their budget: calls and deliveries that some worker has under way. */
  readonly underWay: ReadonlyMap<string, number>;
  readonly hooks: HookFigures;
}

/** The figures of one process, on a registry of its own so that two in one process (tests) do not collide. */
export interface Metrics {
  /** `outcome`: `ok`, or the code of the error. */
  observeRequest(route: string, outcome: string, seconds: number): void;
  /** One try of an API call. `outcome` as the dispatcher names it. */
  observeCall(ms: number, outcome: string): void;
  /** One try of a message. */
  observeSend(ms: number, outcome: string): void;
  /** A batch that a claim loop has settled. */
  observeBatch(loop: string, rows: number): void;
  /** Runs that were not started because workflows start each other in a circle. */
  observeLoops(runs: number): void;
  /** A change of a breaker that this process has caused. */
  observeBreaker(key: string, change: BreakerChange): void;
  /** Something that a recipient did and that could not be recorded. */
  observeLostFact(kind: string): void;
  /** Delivery reports of providers: recorded, of messages that are not known, or of no news. */
  observeReports(outcome: 'recorded' | 'unknown' | 'ignored', count: number): void;
  /** The whole text in Prometheus' form; `queues` undefined = the database did not answer. */
  print(queues: QueueFigures | undefined, pool: PoolFigures, gate: GateFigures): Promise<string>;
  readonly contentType: string;
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function createRecorders(registers: Registry[]) {
  return {
    request: new Histogram({
      name: 'muster_http_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its answer',
      labelNames: ['route', 'outcome'],
      buckets: REQUEST_SECONDS,
      registers,
    }),
    call: new Histogram({
      name: 'muster_api_call_duration_seconds',
      help: 'Time that one try of an API call took',
      labelNames: ['outcome'],
      buckets: REQUEST_SECONDS,
      registers,
    }),
    send: new Histogram({
      name: 'muster_send_duration_seconds',
      help: 'Time that one try of a message took',
      labelNames: ['outcome'],
      buckets: REQUEST_SECONDS,
      registers,
    }),
    batches: new Counter({
      name: 'muster_loop_batches_total',
      help: 'Batches that a loop of this process has settled',
      labelNames: ['loop'],
      registers,
    }),
    loops: new Counter({
      name: 'muster_trigger_loops_total',
      help: 'Runs that triggers did not start because workflows start each other in a circle',
      registers,
    }),
    openings: new Counter({
      name: 'muster_breaker_openings_total',
      help: 'How often this process has found a place dead, so that its breaker opened',
      labelNames: ['key'],
      registers,
    }),
    lostFacts: new Counter({
      name: 'muster_tracking_lost_total',
      help: 'Openings, clicks and unsubscriptions that could not be recorded',
      labelNames: ['kind'],
      registers,
    }),
    reports: new Counter({
      name: 'muster_delivery_reports_total',
      help: 'Delivery reports that providers have sent',
      labelNames: ['outcome'],
      registers,
    }),
    rows: new Counter({
      name: 'muster_loop_rows_total',
      help: 'Rows that a loop of this process has settled',
      labelNames: ['loop'],
      registers,
    }),
  };
}

/**
 * The gauges that are set at each scrape, on a registry that lives as long: what the database did not tell is left out
 * instead of repeated from the last time, and two scrapes at once do not mix.
 */
function gaugesOf(queues: QueueFigures | undefined, pool: PoolFigures, gate: GateFigures): Registry {
  const registry = new Registry();
  function add(name: string, help: string, value: number): void {
    new Gauge({ name, help, registers: [registry] }).set(value);
  }
  function addKeys(name: string, help: string, keys: ReadonlyMap<string, number | boolean>): void {
    const gauge = new Gauge({ name, help, labelNames: ['key'], registers: [registry] });
    for (const [key, value] of keys) gauge.set({ key }, Number(value));
  }
  function addStates(name: string, help: string, states: Readonly<Record<string, number>>): void {
    const gauge = new Gauge({ name, help, labelNames: ['state'], registers: [registry] });
    for (const [state, value] of Object.entries(states)) gauge.set({ state }, value);
  }
  add('muster_database_up', 'Whether the database answered when this was read', queues === undefined ? 0 : 1);
  addStates('muster_database_connections', 'Connections of this process', {
    idle: pool.idle,
    used: pool.total - pool.idle,
  });
  add('muster_database_waiting', 'Statements that wait for a connection', pool.waiting);
  add('muster_request_bodies_waiting', 'Request bodies that wait until there is room for them', gate.waiting);
  add('muster_request_bodies_held_bytes', 'Request bodies that are read and carried out', gate.heldBytes);
  if (queues === undefined) return registry;
  addStates('muster_tasks', 'Tasks that are kept, by state', queues.tasks);
  addStates('muster_runs', 'Runs that the kept tasks have started, by state', queues.runs);
  add('muster_import_pending_chunks', 'Chunks that are not imported yet', queues.pendingChunks);
  add('muster_import_pending_rows', 'Rows in the chunks that are not imported yet', queues.pendingRows);
  add('muster_import_oldest_pending_seconds', 'Age of the oldest pending chunk', queues.oldestChunkAge);
  add('muster_run_oldest_due_seconds', 'How long the longest due run has been due', queues.oldestRunAge);
  add('muster_api_calls_queued', 'API calls that are not settled yet', queues.queuedCalls);
  add(
    'muster_api_call_oldest_due_seconds',
    'How long the longest due call has been due',
    queues.oldestCallAge,
  );
  addKeys('muster_breaker_open', 'Whether a place is left alone because it was unreachable', queues.breakers);
  addKeys('muster_budget_under_way', 'What is under way to a place', queues.underWay);
  addHookGauges(registry, queues.hooks);
  addMessageGauges(registry, queues.messages);
  return registry;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const recorders = createRecorders([registry]);
  return {
    observeRequest: (route, outcome, seconds) => recorders.request.observe({ route, outcome }, seconds),
    observeCall: (ms, outcome) => recorders.call.observe({ outcome }, ms / 1000),
    observeSend: (ms, outcome) => recorders.send.observe({ outcome }, ms / 1000),
    observeBatch: (loop, rows) => {
      recorders.batches.inc({ loop });
      recorders.rows.inc({ loop }, rows);
    },
    observeLoops: (runs) => recorders.loops.inc(runs),
    observeBreaker: (key, change) => {
      if (change === 'opened') recorders.openings.inc({ key });
    },
    observeLostFact: (kind) => recorders.lostFacts.inc({ kind }),
    observeReports: (outcome, count) => recorders.reports.inc({ outcome }, count),
    print: async (queues, pool, gate) =>
      (await registry.metrics()) + (await gaugesOf(queues, pool, gate).metrics()),
    contentType: registry.contentType,
  };
}
