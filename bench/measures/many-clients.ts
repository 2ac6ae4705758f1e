import type pg from 'pg';
import { type Bed, type Bench, runRounds, withBed } from '../environment/bench.ts';
import { createBenchClient, until } from '../environment/client.ts';
import { type Figure, rateReading, timeReading, toFigure } from '../figures/figure.ts';
import { percentile, summarise } from '../figures/stats.ts';
import { freshNumbers, timed } from '../load/background-imports.ts';
import { printBatch } from '../load/batch-body.ts';
import { setUp, shortest } from '../load/workflows.ts';

const CLIENTS = 50;
const BATCH = 100;
const BATCHES_EACH = 10;
const SHORT_BATCHES_EACH = 2;

/** Until every task of a database is over; each must have brought so many new profiles. */
export async function untilAllOver(sql: pg.Client, rowsEach: number, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const { rows } = await sql.query<{ open: number; wrong: number }>(
      `select count(*) filter (where finished_at is null)::int as open,
              count(*) filter (where finished_at is not null
                                 and (created <> $1 or total <> $1 or started <> $1))::int as wrong
         from task`,
      [rowsEach],
    );
    const [row] = rows;
    if (row !== undefined && row.wrong > 0) throw new Error(`${row.wrong} batches went wrong`);
    return row?.open === 0 || undefined;
  };
  await until(look, signal, { what: 'all batches to be imported', pollMs: 10 });
}

interface Round {
  readonly seconds: number;
  readonly tasks: number;
  readonly answersMs: readonly number[];
}

async function measureRound(bed: Bed, workflowId: number, each: number, signal: AbortSignal): Promise<Round> {
  const bodies = Array.from({ length: CLIENTS }, () =>
    Array.from({ length: each }, () => printBatch(workflowId, freshNumbers(BATCH))),
  );
  const clients = bodies.map(() => createBenchClient(bed.server.url, bed.token));
  try {
    const answersMs: number[] = [];
    const ms = await timed(async () => {
      await Promise.all(
        clients.map(async (client, index) => {
          for (const body of bodies[index] ?? []) answersMs.push(await timed(() => client.importBatch(body)));
        }),
      );
      await untilAllOver(bed.sql, BATCH, signal);
    });
    return { seconds: ms / 1000, tasks: CLIENTS * each, answersMs };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** Many callers with small batches, each sending the next as soon as the last is answered; until all are imported. */
export async function measureClients(bench: Bench): Promise<Figure> {
  const each = bench.isShort ? SHORT_BATCHES_EACH : BATCHES_EACH;
  return withBed(bench, {}, async (bed) => {
    const { workflowId } = await setUp(bed.client, shortest);
    const rounds = await runRounds(bench, async () => {
      const measured = await measureRound(bed, workflowId, each, bench.signal);
      const { tasks, seconds, answersMs } = measured;
      const said = `${Math.round(tasks / seconds)} tasks/s, p99 of the answer ${Math.round(percentile(answersMs, 0.99))} ms`;
      return { measured, said };
    });
    const profiles = summarise(rounds.map(({ tasks, seconds }) => (tasks * BATCH) / seconds));
    const at = (share: number) => summarise(rounds.map(({ answersMs }) => percentile(answersMs, share)));
    return toFigure(
      {
        ...{ name: 'many.clients', title: `${CLIENTS} clients with batches of ${BATCH}` },
        ...{ against: '', unit: '/s', reach: null },
      },
      {
        judged: profiles,
        muster: [
          rateReading('profiles until all are imported', profiles),
          rateReading('tasks', summarise(rounds.map(({ tasks, seconds }) => tasks / seconds))),
          timeReading('p50 of the answer', at(0.5)),
          timeReading('p99 of the answer', at(0.99)),
        ],
        yardstick: null,
        details: { clients: CLIENTS, batch: BATCH, batches_each: each },
      },
    );
  });
}
