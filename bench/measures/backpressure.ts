import { setTimeout as sleep } from 'node:timers/promises';
import { type Bed, type Bench, runRounds, withBed } from '../environment/bench.ts';
import { createBenchClient } from '../environment/client.ts';
import { watchMemory } from '../environment/process-memory.ts';
import { type Figure, timeReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { freshNumbers, refusalOf, timed } from '../load/background-imports.ts';
import { printBatch } from '../load/batch-body.ts';
import { setUp, shortest } from '../load/workflows.ts';
import { untilAllOver } from './many-clients.ts';
import type { Measure } from './measure.ts';

const BATCH = 5_000;
const CALLERS = 4;
const MAX_WAITING_ROWS = 50_000;
const SECONDS = 10;
const SHORT_MAX_WAITING_ROWS = 20_000;
const SHORT_SECONDS = 2;
const PATIENCE_SECONDS = 60;
const AGE_METRIC = 'muster_import_oldest_pending_seconds';

interface Flood {
  readonly accepted: number;
  readonly refused: number;
  readonly mostWaiting: number;
  /** As the metrics had it at the end of the flood. */
  readonly oldestSeconds: number;
  readonly peakMb: number;
  /** From the end of the flood until all that was accepted was imported. */
  readonly drainMs: number;
}

function readMetric(metrics: string, name: string): number {
  const line = metrics.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`the metrics do not tell ${name}`);
  return Number(line.slice(name.length));
}

/** One caller: a batch is sent again and again until it is taken, then the next, without any pause. */
async function post(bed: Bed, workflowId: number, isOver: (refused: boolean) => boolean) {
  const client = createBenchClient(bed.server.url, bed.token);
  try {
    let [accepted, refused] = [0, 0];
    let body = printBatch(workflowId, freshNumbers(BATCH));
    while (!isOver(refused > 0)) {
      const refusal = await refusalOf(() => client.importBatch(body));
      if (refusal === undefined) {
        accepted += 1;
        body = printBatch(workflowId, freshNumbers(BATCH));
        continue;
      }
      if (refusal.code !== 429) throw refusal;
      if (!(Number(refusal.retryAfter) >= 1)) throw new Error('a refusal lacks Retry-After');
      refused += 1;
    }
    return { accepted, refused };
  } finally {
    await client.close();
  }
}

async function flood(bed: Bed, seconds: number, maxWaiting: number, signal: AbortSignal): Promise<Flood> {
  const { workflowId } = await setUp(bed.client, shortest);
  const stopWatching = watchMemory(bed.server.pid);
  const startedAt = performance.now();
  let wasRefused = false;
  // A machine with other work on it may take longer to come to the limit.
  const isOver = (refused: boolean): boolean => {
    wasRefused ||= refused;
    if (signal.aborted) return true;
    return performance.now() - startedAt > (wasRefused ? seconds : seconds + PATIENCE_SECONDS) * 1000;
  };
  let mostWaiting = 0;
  let oldestSeconds = 0;
  const watching = (async () => {
    while (!isOver(false)) {
      const metrics = await bed.client.metrics();
      mostWaiting = Math.max(mostWaiting, readMetric(metrics, 'muster_import_pending_rows'));
      oldestSeconds = Math.max(oldestSeconds, readMetric(metrics, AGE_METRIC));
      await sleep(250);
    }
  })();
  const posted = await Promise.all(Array.from({ length: CALLERS }, () => post(bed, workflowId, isOver)));
  await watching;
  const drainMs = await timed(() => untilAllOver(bed.sql, BATCH, signal));
  const peakMb = (await stopWatching()) ?? 0;
  const sum = (pick: (one: { accepted: number; refused: number }) => number): number =>
    posted.reduce((total, one) => total + pick(one), 0);
  signal.throwIfAborted();
  const [accepted, refused] = [sum((one) => one.accepted), sum((one) => one.refused)];
  if (refused === 0) throw new Error('nothing was refused: the flood was too small');
  // Each caller may have one on the way when the limit is reached.
  if (mostWaiting > maxWaiting + CALLERS * BATCH) throw new Error(`${mostWaiting} rows waited`);
  if (!(oldestSeconds > 0)) throw new Error('the metrics have told no age of the queue');
  return { accepted, refused, mostWaiting, oldestSeconds, peakMb, drainMs };
}

async function run(bench: Bench): Promise<Figure[]> {
  const { isShort, signal } = bench;
  const seconds = isShort ? SHORT_SECONDS : SECONDS;
  const maxWaiting = isShort ? SHORT_MAX_WAITING_ROWS : MAX_WAITING_ROWS;
  const environment = { MUSTER_MAX_WAITING_ROWS: String(maxWaiting) };
  const round = async () => {
    const measured = await withBed(bench, environment, (bed) => flood(bed, seconds, maxWaiting, signal));
    const { accepted, refused, peakMb, drainMs, mostWaiting } = measured;
    const said = `${accepted} accepted, ${refused} refused, ${mostWaiting} rows waited, ${Math.round(peakMb)} MB, ${Math.round(drainMs)} ms to drain`;
    return { measured, said };
  };
  const rounds = await runRounds(bench, round, { hasWarmUp: false });
  const stats = (pick: (flood: Flood) => number) => summarise(rounds.map(pick));
  const peak = stats(({ peakMb }) => peakMb);
  const median = (pick: (flood: Flood) => number): number => Math.round(stats(pick).median);
  return [
    toFigure(
      {
        ...{
          name: 'backpressure',
          title: `a flood of batches for ${seconds} s, above ${maxWaiting} rows refused`,
        },
        ...{ against: '', unit: 'MB', reach: null },
      },
      {
        judged: peak,
        muster: [
          { label: 'most memory', unit: 'MB', stats: peak },
          timeReading(
            'until all that was accepted is imported',
            stats(({ drainMs }) => drainMs),
          ),
        ],
        yardstick: null,
        details: {
          ...{ max_waiting_rows: maxWaiting, batch: BATCH, callers: CALLERS },
          ...{ accepted: median(({ accepted }) => accepted), refused: median(({ refused }) => refused) },
          most_waiting_rows: median(({ mostWaiting }) => mostWaiting),
          oldest_seconds: median(({ oldestSeconds }) => oldestSeconds),
        },
      },
    ),
  ];
}

export const backpressure: Measure = {
  name: 'backpressure',
  title: 'a flood of batches: what is refused says when to come again, what is accepted is imported',
  against: '',
  reach: '',
  run,
};
