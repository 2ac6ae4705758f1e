import type pg from 'pg';
import { profileIdSql, slotSql } from './fill-profiles.ts';

/** Rows of one statement. */
const PIECE = 250_000;

/** Whose runs are filled in: a workflow with nodes `rest` and `done`, and customers that are stored from number 0 on. */
export interface FilledWorkflow {
  readonly databaseId: number;
  readonly workflowId: number;
  readonly version: number;
  readonly profiles: number;
}

interface Range {
  readonly from: number;
  readonly count: number;
}

/** As a run has it that has come through three nodes. */
const TRAIL = JSON.stringify(
  ['first', 'by_content', 'by_chance'].map((node) => [node, 'yes', '2026-01-01T00:00:00.000Z']),
);

/** How the rows differ: what waits for a month in a delay, and what is over. */
const states = {
  waiting: {
    marks: `'65000000aaaaaaaaaa'`,
    columns: `'rest', 'waiting', now() + interval '30 days' + n * interval '1 second', 'next', null, null`,
  },
  ended: {
    marks: `'65000000eeeeeeeeee'`,
    columns: `'done', 'ended', null, null, now(), 'done'`,
  },
} as const;

async function inPieces(
  { from, count }: Range,
  signal: AbortSignal,
  fill: (range: number[]) => Promise<void>,
) {
  for (let first = from; first < from + count; first += PIECE) {
    signal.throwIfAborted();
    await fill([first, Math.min(first + PIECE, from + count) - 1]);
  }
}

/** Runs in the state that the engine leaves them in, in all shares. */
export async function fillRuns(
  sql: pg.Client,
  state: keyof typeof states,
  workflow: FilledWorkflow,
  range: Range,
  signal: AbortSignal,
): Promise<void> {
  const { marks, columns } = states[state];
  const { databaseId, workflowId, version, profiles } = workflow;
  await inPieces(range, signal, async (piece) => {
    await sql.query(
      `insert into run (slot, id, database_id, profile_id, workflow_id, version, node, status, due_at, resume, ended_at,
                        reason, steps, started_at, depth, share, trail)
       select ${slotSql('p')}, ${marks} || lpad(to_hex(n), 6, '0'), $3, p, $4, $5, ${columns}, 3, now(), 0,
              (n % 16)::smallint, $6
         from generate_series($1::int, $2::int) n
        cross join lateral (select ${profileIdSql(`(n % ${profiles})`)} as p) profile
        order by 1, 2`,
      [...piece, databaseId, workflowId, version, TRAIL],
    );
  });
}

/**
 * Events in the log, one in a row as those of single openings and clicks are, and with places in the feed: behind all
 * that stand there. Each is a copy of the latest `profile_created` of a single profile.
 */
export async function fillEvents(sql: pg.Client, range: Range, signal: AbortSignal): Promise<void> {
  await inPieces(range, signal, async ([first = 0, last = 0]) => {
    const filled = await sql.query(
      `with model as (
         select * from event_batch where type = 'profile_created' and events = 1 order by id desc limit 1
       ), log as (
         update event_log set last_position = last_position + $1 where id = 1 returning last_position - $1 as before
       )
       insert into event_batch (position, database_id, type, events, is_test, body, created_at)
       select log.before + n, model.database_id, model.type, 1, false, model.body, now()
         from generate_series(1, $1::int) n, model, log`,
      [last - first + 1],
    );
    if (filled.rowCount !== last - first + 1) throw new Error('there is no event to copy');
  });
}

/** Deliveries that are done, each of 100 events. */
export async function fillDeliveries(sql: pg.Client, hookId: number, count: number): Promise<void> {
  await sql.query(
    `insert into hook_delivery (id, hook_id, status, events, first_event, last_event, body, attempts, http_status,
                                created_at, settled_at)
     select gen_random_uuid(), $1, 'done', 100, n || '-0', n || '-99', repeat('{"event_id":"1-1"},', 1500), 1, 200,
            now(), now()
       from generate_series(1, $2::int) n`,
    [hookId, count],
  );
}
