import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, runRounds, withBed } from '../environment/bench.ts';
import { type BenchClient, createBenchClient } from '../environment/client.ts';
import { type Figure, rateReading, timeReading, toFigure } from '../figures/figure.ts';
import { percentile, summarise } from '../figures/stats.ts';
import { freshNumbers, keepImporting } from '../load/background-imports.ts';
import { printBatch } from '../load/batch-body.ts';
import { importAll } from '../load/follow-import.ts';
import { setUp, shortest } from '../load/workflows.ts';

const PER_SECOND = 500;
const SECONDS = 5;
const SHORT_SECONDS = 1;
const CONNECTIONS = 50;
const TICK_MS = 10;

interface Readers {
  /** Of each answer, from the moment when it was to be asked for: waiting in line counts. */
  readonly answersMs: readonly number[];
  readonly perSecond: number;
}

/** Asks at that rate whether or not the server keeps up; the answers may come as late as they like. */
async function readAtRate(client: BenchClient, taskId: string, seconds: number): Promise<Readers> {
  const startedAt = performance.now();
  const answersMs: number[] = [];
  const asked: Promise<void>[] = [];
  async function ask(dueAt: number): Promise<void> {
    await client.taskStatus(taskId);
    answersMs.push(performance.now() - dueAt);
  }
  for (let number = 0; number < PER_SECOND * seconds; ) {
    const dueBy = ((performance.now() - startedAt) * PER_SECOND) / 1000;
    for (; number < Math.min(dueBy, PER_SECOND * seconds); number += 1) {
      asked.push(ask(startedAt + (number * 1000) / PER_SECOND));
    }
    await sleep(TICK_MS);
  }
  await Promise.all(asked);
  return { answersMs, perSecond: (asked.length * 1000) / (performance.now() - startedAt) };
}

/** Many who look how far a task is, at a rate of their own, while batches of 10,000 are imported. */
export async function measureReaders(bench: Bench): Promise<Figure> {
  const seconds = bench.isShort ? SHORT_SECONDS : SECONDS;
  return withBed(bench, {}, async ({ client, server, token }, stops) => {
    const { workflowId } = await setUp(client, shortest);
    const taskId = await importAll(client, printBatch(workflowId, freshNumbers(1_000)), 1_000, bench.signal);
    const readers = createBenchClient(server.url, token, CONNECTIONS);
    stops.add(readers.close);
    const importing = createBenchClient(server.url, token, 2);
    stops.add(importing.close);
    const rounds = await runRounds(bench, async () => {
      const stop = keepImporting(importing, workflowId, bench.signal);
      const measured = await readAtRate(readers, taskId, seconds);
      await stop();
      const [half, most] = [percentile(measured.answersMs, 0.5), percentile(measured.answersMs, 0.99)];
      const said = `${Math.round(measured.perSecond)}/s, p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms`;
      return { measured, said };
    });
    const at = (share: number) => summarise(rounds.map(({ answersMs }) => percentile(answersMs, share)));
    return toFigure(
      {
        ...{
          name: 'many.readers',
          title: `tasks/status ${PER_SECOND} times a second while imports run, p99`,
        },
        ...{ against: '', unit: 'ms', reach: null },
      },
      {
        judged: at(0.99),
        muster: [
          timeReading('p99', at(0.99)),
          timeReading('p50', at(0.5)),
          rateReading('answered', summarise(rounds.map(({ perSecond }) => perSecond))),
        ],
        yardstick: null,
        details: { asked_per_second: PER_SECOND, seconds },
      },
    );
  });
}
