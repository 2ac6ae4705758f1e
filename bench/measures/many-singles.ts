import { type Bench, runRounds, withBed } from '../environment/bench.ts';
import type { BenchClient } from '../environment/client.ts';
import { createBenchClient } from '../environment/client.ts';
import { type Figure, timeReading, toFigure } from '../figures/figure.ts';
import { percentile, summarise } from '../figures/stats.ts';
import { freshNumbers, keepImporting, timed } from '../load/background-imports.ts';
import { customerOf } from '../load/batch-body.ts';
import { setUp, shortest } from '../load/workflows.ts';

const SINGLES = 300;
const SHORT_SINGLES = 60;
/** On a machine that is very busy, fewer singles must do; this many at least. */
const LIMIT_MS = 10_000;
const LEAST = 20;

async function sendSingles(client: BenchClient, workflowId: number, count: number): Promise<number[]> {
  const until = performance.now() + LIMIT_MS;
  const answersMs: number[] = [];
  for (const number of freshNumbers(count)) {
    if (answersMs.length >= LEAST && performance.now() > until) break;
    const data = customerOf(number);
    const body = JSON.stringify({ workflow_id: workflowId, matching: 'email', email: data['email'], data });
    answersMs.push(await timed(() => client.call('workflows/import_and_start', body)));
  }
  return answersMs;
}

/** One profile a request, one request after the other, on an idle server and while it imports batches of 10,000. */
export async function measureSingles(bench: Bench): Promise<Figure> {
  const count = bench.isShort ? SHORT_SINGLES : SINGLES;
  return withBed(bench, {}, async ({ client, server, token }, stops) => {
    const { workflowId } = await setUp(client, shortest);
    const importing = createBenchClient(server.url, token, 2);
    stops.add(importing.close);
    const rounds = await runRounds(bench, async () => {
      const idle = await sendSingles(client, workflowId, count);
      const stop = keepImporting(importing, workflowId, bench.signal);
      const busy = await sendSingles(client, workflowId, count);
      await stop();
      const measured = { idle, busy };
      const say = (answers: number[]): string =>
        `p50 ${percentile(answers, 0.5).toFixed(1)} ms, p99 ${percentile(answers, 0.99).toFixed(1)} ms`;
      return { measured, said: `idle ${say(idle)}; busy ${say(busy)}` };
    });
    const at = (which: 'idle' | 'busy', share: number) =>
      summarise(rounds.map((round) => percentile(round[which], share)));
    return toFigure(
      {
        ...{
          name: 'many.singles',
          title: 'import_and_start of one profile while batches of 10,000 run, p99',
        },
        ...{ against: 'itself on an idle server', unit: 'ratio', reach: null },
      },
      {
        judged: summarise(rounds.map(({ idle, busy }) => percentile(busy, 0.99) / percentile(idle, 0.99))),
        muster: [
          timeReading('p99', at('busy', 0.99)),
          timeReading('p50', at('busy', 0.5)),
          timeReading('p50 on an idle server', at('idle', 0.5)),
        ],
        yardstick: timeReading('p99 on an idle server', at('idle', 0.99)),
        details: { requests: count },
      },
    );
  });
}
