import { randomBytes } from 'node:crypto';
import { type Bench, runRounds, withStops } from '../environment/bench.ts';
import { makeDataFolder } from '../environment/postgres.ts';
import { startServerProcess } from '../environment/server-process.ts';
import { atMost, type Figure, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import type { Measure } from './measure.ts';

const kinds = {
  empty: { title: 'from nothing to ready, with an empty data folder', most: 6_000 },
  initialised: { title: 'from nothing to ready, with a data folder that was used before', most: 3_000 },
} as const;

/**
 * A start in an empty folder makes the cluster, the schema and the first workflow; the next one in the same folder finds
 * them. The time is that from the spawn of `node src/main.ts` to the first good answer of /readyz, asked for every 10 ms.
 */
async function startTwice(bench: Bench): Promise<{ empty: number; initialised: number }> {
  return withStops(bench, async (stops) => {
    const { folder, remove } = await makeDataFolder();
    stops.add(remove);
    const environment = {
      ...{ DATABASE_URL: '', MUSTER_DATA_DIR: folder, MUSTER_TOKEN: randomBytes(24).toString('hex') },
      ...{ MUSTER_ROLE: 'all', MUSTER_LOG_LEVEL: 'error' },
    };
    async function startOnce(): Promise<number> {
      const server = await startServerProcess(environment, bench.signal);
      await server.stop();
      return server.readyMs;
    }
    return { empty: await startOnce(), initialised: await startOnce() };
  });
}

async function run(bench: Bench): Promise<Figure[]> {
  const rounds = await runRounds(bench, async () => {
    const measured = await startTwice(bench);
    const { empty, initialised } = measured;
    return { measured, said: `empty ${Math.round(empty)} ms, used before ${Math.round(initialised)} ms` };
  });
  return (['empty', 'initialised'] as const).map((kind) => {
    const { title, most } = kinds[kind];
    const judged = summarise(rounds.map((round) => round[kind]));
    return toFigure(
      { name: `cold-start.${kind}`, title, against: '', unit: 'ms', reach: atMost(most) },
      { judged, muster: [timeReading('spawn to the first /readyz', judged)], yardstick: null },
    );
  });
}

export const coldStart: Measure = {
  name: 'cold-start',
  title: 'from the start of the program to ready, with its embedded PostgreSQL',
  against: '',
  reach: '≤ 3 s with a data folder that was used before, ≤ 6 s with an empty one',
  run,
};
