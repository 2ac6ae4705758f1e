import { type Bench, createKeys, runRounds, startServer, withStops } from '../environment/bench.ts';
import { createBenchClient } from '../environment/client.ts';
import { type Figure, rateReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { freshNumbers, timed } from '../load/background-imports.ts';
import { printBatch } from '../load/batch-body.ts';
import { untilCompleted } from '../load/follow-import.ts';
import { setUp, shortest } from '../load/workflows.ts';

const BATCH = 10_000;
const BATCHES = 5;
const SHORT_BATCHES = 1;

type Measure = () => Promise<number>;

/** One process for all beside one that answers and two that work; each on a database of its own, in turn. */
export async function measureProcesses(bench: Bench): Promise<Figure> {
  const batches = bench.isShort ? SHORT_BATCHES : BATCHES;
  return withStops(bench, async (stops) => {
    /** @param roles of the processes; the first answers. @returns what measures profiles a second. */
    async function open(roles: readonly string[]): Promise<Measure> {
      const keys = await createKeys(bench, stops);
      const urls: string[] = [];
      for (const role of roles) urls.push((await startServer(bench, stops, keys, { MUSTER_ROLE: role })).url);
      const client = createBenchClient(urls[0] ?? '', keys.token, batches);
      stops.add(client.close);
      const { workflowId } = await setUp(client, shortest);
      return async () => {
        const bodies = Array.from({ length: batches }, () => printBatch(workflowId, freshNumbers(BATCH)));
        const ms = await timed(async () => {
          const taskIds = await Promise.all(bodies.map((body) => client.importBatch(body)));
          for (const taskId of taskIds) await untilCompleted(client, taskId, BATCH, bench.signal, 'new');
        });
        return (batches * BATCH * 1000) / ms;
      };
    }
    const one = await open(['all']);
    const three = await open(['api', 'worker', 'worker']);
    const rounds = await runRounds(bench, async () => {
      const measured = { one: await one(), three: await three() };
      const said = `one ${Math.round(measured.one)}/s, three ${Math.round(measured.three)}/s`;
      return { measured, said };
    });
    return toFigure(
      {
        ...{ name: 'many.processes', title: 'one process that answers and two that work, profiles imported' },
        ...{ against: 'one process for all', unit: 'ratio', reach: null },
      },
      {
        judged: summarise(rounds.map((round) => round.three / round.one)),
        muster: [rateReading('api + 2 workers', summarise(rounds.map((round) => round.three)))],
        yardstick: rateReading('one process', summarise(rounds.map((round) => round.one))),
        details: { batches, batch: BATCH },
      },
    );
  });
}
