import { type Bench, runRounds, withBed } from '../environment/bench.ts';
import { atLeast, type Figure, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { numbersFrom } from '../load/batch-body.ts';
import { startPausedRuns } from '../load/paused-runs.ts';
import { pureNodes, setUp } from '../load/workflows.ts';
import { copyRuns } from '../yardsticks/bare-runs.ts';
import type { Measure } from './measure.ts';

const RUNS = 20_000;
const SHORT_RUNS = 5_000;
/** MUSTER_ENGINE_CONCURRENCY, and connections of the bare loop. */
const CONCURRENCY = 2;

/**
 * The runs are started while the workflow is paused, and copied; then the workflow is resumed, and the time runs from
 * that request until the last run has ended. What is timed is claiming, walking three nodes and settling, with counters
 * of nodes and tasks and the events of ended runs; the import is not.
 */
async function run(bench: Bench): Promise<Figure[]> {
  const runs = bench.isShort ? SHORT_RUNS : RUNS;
  const environment = { MUSTER_ENGINE_CONCURRENCY: String(CONCURRENCY) };
  return withBed(bench, environment, async ({ client, sql, databaseUrl }) => {
    const { workflowId } = await setUp(client, pureNodes);
    const rounds = await runRounds(bench, async (round) => {
      const paused = await startPausedRuns(client, workflowId, numbersFrom(0, runs), round, bench.signal);
      const { taskId } = paused;
      const bare = await copyRuns(sql, databaseUrl, { taskId, connections: CONCURRENCY });
      const engineMs = await paused.walk();
      const bareMs = await bare.walk();
      await bare.drop();
      return {
        measured: { engineMs, bareMs },
        said: `${Math.round(engineMs)} ms (bare ${Math.round(bareMs)} ms)`,
      };
    });
    const spec = {
      name: 'engine',
      title: `the engine walks ${runs.toLocaleString('en-US')} runs through condition, content_filter, split and end`,
      against: 'bare SQL that claims and updates the same rows by 500',
      unit: 'ratio',
      reach: atLeast(0.5),
    } as const;
    return [
      toFigure(spec, {
        judged: summarise(rounds.map(({ engineMs, bareMs }) => bareMs / engineMs)),
        muster: [
          timeReading('resumed to all ended', summarise(rounds.map(({ engineMs }) => engineMs)), runs),
        ],
        yardstick: timeReading('bare SQL', summarise(rounds.map(({ bareMs }) => bareMs)), runs),
        details: { runs, concurrency: CONCURRENCY },
      }),
    ];
  });
}

export const engine: Measure = {
  name: 'engine',
  title: 'the engine walks runs through a few nodes that touch nothing outside',
  against: 'bare SQL that claims and updates the same run rows by 500, as many connections',
  reach: '≥ 0.5',
  run,
};
