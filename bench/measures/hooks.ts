import { type Bed, type Bench, withBed } from '../environment/bench.ts';
import { until } from '../environment/client.ts';
import { type SinkProcess, startSink } from '../environment/sink-process.ts';
import { atLeast, type Figure } from '../figures/figure.ts';
import { customerOf, numbersFrom } from '../load/batch-body.ts';
import { createBenchDatabase } from '../load/workflows.ts';
import { postBare } from '../yardsticks/loops.ts';
import type { Measure } from './measure.ts';
import { type Comparison, compareOutgoing } from './outgoing.ts';

const EVENTS = 100_000;
const SHORT_EVENTS = 20_000;
const BATCH_SIZES = [100, 1_000] as const;
/**
 * A hook has at most as many deliveries that are not done, so its budget is raised from 4 to that; connections of the bare
 * loop.
 */
const CONNECTIONS = 20;
/** The same bodies again and again, where there are few. */
const LEAST_BARE_POSTS = 1_000;

/** Imports so many new profiles, each of which is an event, and waits until all of them stand in the feed. */
async function makeEvents({ client, sql }: Bed, events: number, signal: AbortSignal): Promise<void> {
  const database = await createBenchDatabase(client);
  const lines = numbersFrom(0, events).map((number) => JSON.stringify({ data: customerOf(number) }));
  await client.stream(`db_id=${database.id}&matching=email`, `${lines.join('\n')}\n`);
  const look = async (): Promise<true | undefined> => {
    const { rows } = await sql.query<{ events: string | null }>(
      `select sum(events) as events from event_batch where position is not null and type = 'profile_created'`,
    );
    return Number(rows[0]?.events) >= events || undefined;
  };
  await until(look, signal, { what: 'the events', pollMs: 200 });
}

/**
 * Each round has a hook of its own that is told everything from the beginning: switched off until its turn, so that the
 * time holds cutting, sending and settling alone. The bare loop posts the bodies that the hook has sent.
 */
function compare(bed: Bed, sink: SinkProcess, bench: Bench, size: number, events: number): Comparison {
  const { client, sql } = bed;
  const url = `http://127.0.0.1:${sink.port}/hook`;
  const deliveries = events / size;
  const posts = Math.max(deliveries, LEAST_BARE_POSTS);

  async function settled(hookId: number): Promise<true | undefined> {
    const { rows } = await sql.query<{ done: number; events: number }>(
      `select count(*)::int as done, coalesce(sum(events), 0)::int as events
         from hook_delivery where hook_id = $1 and status = 'done'`,
      [hookId],
    );
    const [row] = rows;
    if (row?.done !== deliveries) return undefined;
    if (row.events !== events) throw new Error(`deliveries hold ${row.events} events instead of ${events}`);
    return true;
  }

  return {
    spec: {
      name: `hooks.${size}`,
      title: `events to a hook, ${size.toLocaleString('en-US')} in a delivery`,
      against: 'undici loop that posts the same bodies',
      unit: 'ratio',
      reach: atLeast(0.7),
    },
    ...{ things: 'events', thingsEach: size, details: { connections: CONNECTIONS } },
    prepare: async () => {
      const { id } = await client.admin<{ id: number }>('POST', '/hooks', {
        ...{ name: `Bench ${size}`, url, events: ['profile_created'], batch_size: size },
        ...{ since: '2020-01-01T00:00:00Z', active: false },
      });
      await client.admin('PUT', '/budgets', { key: `hook ${id}`, concurrency: CONNECTIONS });
      return {
        muster: {
          arrivals: deliveries,
          send: async () => {
            const startedAt = performance.now();
            await client.admin('PATCH', `/hooks/${id}`, { active: true });
            await until(() => settled(id), bench.signal, { what: 'the deliveries', pollMs: 20 });
            return { settledMs: performance.now() - startedAt };
          },
        },
        bare: {
          arrivals: posts,
          send: async () => {
            const { rows } = await sql.query<{ body: string }>(
              'select body from hook_delivery where hook_id = $1 order by created_at',
              [id],
            );
            await postBare(url, CONNECTIONS, posts, (index) => rows[index % rows.length]?.body ?? '');
            return {};
          },
        },
        after: async () => {
          await client.admin('DELETE', `/hooks/${id}`);
        },
      };
    },
  };
}

async function run(bench: Bench): Promise<Figure[]> {
  const events = bench.isShort ? SHORT_EVENTS : EVENTS;
  return withBed(bench, {}, async (bed, stops) => {
    const sink = await startSink('http', bench.signal);
    stops.add(sink.stop);
    bench.tell(`  making ${events.toLocaleString('en-US')} events`);
    await makeEvents(bed, events, bench.signal);
    const figures: Figure[] = [];
    for (const size of BATCH_SIZES) {
      bench.tell(`  ${size} events in a delivery`);
      figures.push(await compareOutgoing(bench, sink, compare(bed, sink, bench, size, events)));
    }
    return figures;
  });
}

export const hooks: Measure = {
  name: 'hooks',
  title: 'events to a hook, 100 and 1,000 in a delivery',
  against: 'a bare undici loop that posts the same bodies unsigned, to the same sink',
  reach: '≥ 0.7',
  run,
};
