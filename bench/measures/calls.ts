import { type Bench, withBed } from '../environment/bench.ts';
import { startSink } from '../environment/sink-process.ts';
import { atLeast, type Figure } from '../figures/figure.ts';
import { customerOf, numbersFrom } from '../load/batch-body.ts';
import { startPausedRuns } from '../load/paused-runs.ts';
import { START, setUp } from '../load/workflows.ts';
import { postBare } from '../yardsticks/loops.ts';
import type { Measure } from './measure.ts';
import { compareOutgoing } from './outgoing.ts';

const CALLS = 10_000;
const SHORT_CALLS = 2_000;
const BARE_CALLS = 10_000;
/** The most that one host gets of a process, see docs/operations.md; connections of the bare loop. */
const CONNECTIONS = 64;

const fields = ['email', '_fname', '_lname', '_city', 'customer_no'] as const;

function nodesFor(url: string) {
  return [
    START,
    {
      ...{ id: 'first', type: 'api_call', method: 'POST', url, timeout: 10, retries: 0 },
      body: Object.fromEntries(fields.map((name) => [name, `{lead.${name}}`])),
      ...{ next: 'told', error: 'lost' },
    },
    { id: 'told', type: 'end', reason: 'told' },
    { id: 'lost', type: 'end', reason: 'lost' },
  ];
}

/** What the node makes of the customer. */
function bareBody(index: number): string {
  const customer = customerOf(index, 2);
  return JSON.stringify(Object.fromEntries(fields.map((name) => [name, customer[name]])));
}

async function run(bench: Bench): Promise<Figure[]> {
  const calls = bench.isShort ? SHORT_CALLS : CALLS;
  return withBed(bench, {}, async ({ client }, stops) => {
    const sink = await startSink('http', bench.signal);
    stops.add(sink.stop);
    const origin = `http://127.0.0.1:${sink.port}`;
    const url = `${origin}/call`;
    const { workflowId } = await setUp(client, nodesFor(url));
    await client.admin('PUT', '/budgets', { key: `host ${origin}`, concurrency: CONNECTIONS });
    const figure = await compareOutgoing(bench, sink, {
      spec: {
        name: 'calls',
        title: 'API calls to an HTTP server, first to last arrival',
        against: 'undici loop over as many connections',
        unit: 'ratio',
        reach: atLeast(0.7),
      },
      ...{ things: 'calls', thingsEach: 1, details: { connections: CONNECTIONS } },
      prepare: async (round) => {
        const paused = await startPausedRuns(client, workflowId, numbersFrom(0, calls), round, bench.signal);
        return {
          muster: { arrivals: calls, send: async () => ({ settledMs: await paused.walk() }) },
          bare: {
            arrivals: BARE_CALLS,
            send: async () => {
              await postBare(url, CONNECTIONS, BARE_CALLS, bareBody);
              return {};
            },
          },
        };
      },
    });
    return [figure];
  });
}

export const calls: Measure = {
  name: 'calls',
  title: 'API calls of a workflow',
  against: 'a bare undici loop over as many connections, to the same sink',
  reach: '≥ 0.7',
  run,
};
