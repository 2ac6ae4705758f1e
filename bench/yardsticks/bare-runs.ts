import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTwin, dropTwins } from './twin.ts';

const BATCH = 500;

/** The runs of a task, as they were before they walked, in a table of their own. */
export interface BareRuns {
  /** Claims and settles all of them, some connections side by side. @returns ms. */
  walk(): Promise<number>;
  drop(): Promise<void>;
}

interface Target {
  readonly workflowId: number;
  readonly version: number;
  readonly share: number;
}

const CLAIM = `
  with due as (
    select slot, id from copied.run
     where workflow_id = $1 and version = $2 and share = $3 and due_at <= now()
     order by due_at limit ${BATCH} for update skip locked
  )
  update copied.run r set claim_token = $4, due_at = now() + interval '30 seconds'
    from due where r.slot = due.slot and r.id = due.id
  returning r.slot, r.id`;
const SETTLE = `
  update copied.run r
     set node = 'done', status = 'ended', due_at = null, claim_token = null, steps = 4, reason = 'done', trail = $4,
         ended_at = now()
    from unnest($1::smallint[], $2::text[]) as k(slot, id)
   where r.slot = k.slot and r.id = k.id and r.claim_token = $3`;

async function loop(client: pg.Client, target: Target, trail: string): Promise<number> {
  let settled = 0;
  for (;;) {
    const token = randomUUID();
    const { workflowId, version, share } = target;
    const { rows } = await client.query<{ slot: number; id: string }>(CLAIM, [
      ...[workflowId, version, share, token],
    ]);
    if (rows.length === 0) return settled;
    const keys = [rows.map(({ slot }) => slot), rows.map(({ id }) => id)];
    settled += (await client.query(SETTLE, [...keys, token, trail])).rowCount ?? 0;
  }
}

/**
 * The yardstick of the engine: what PostgreSQL takes to claim and update the very same run rows by 500, two statements a
 * batch, each with a commit of its own, and nothing decided in between. Writes a trail as the engine does.
 * @param trail jsonb of a run that the engine has walked.
 */
export async function copyRuns(
  sql: pg.Client,
  databaseUrl: string,
  { taskId, connections }: { taskId: string; connections: number },
): Promise<BareRuns> {
  await createTwin(sql, 'run');
  const copied = await sql.query('insert into copied.run select * from run where task_id = $1', [taskId]);
  await sql.query('analyze copied.run');
  const { rows } = await sql.query<{ workflow_id: number; version: number; share: number }>(
    'select workflow_id, version, share from copied.run limit 1',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('there are no runs to copy');
  const target = { workflowId: row.workflow_id, version: row.version, share: row.share };

  async function walk(): Promise<number> {
    const walked = await sql.query<{ trail: string }>(
      `select trail::text as trail from run where task_id = $1 and status = 'ended' limit 1`,
      [taskId],
    );
    const trail = walked.rows[0]?.trail;
    if (trail === undefined) throw new Error('the engine has left no trail');
    const clients = Array.from(
      { length: connections },
      () => new pg.Client({ connectionString: databaseUrl }),
    );
    try {
      await Promise.all(clients.map((client) => client.connect()));
      globalThis.gc?.();
      const startedAt = performance.now();
      const settled = await Promise.all(clients.map((client) => loop(client, target, trail)));
      const ms = performance.now() - startedAt;
      const sum = settled.reduce((total, one) => total + one, 0);
      if (sum !== copied.rowCount) throw new Error(`the bare loop has settled ${sum} of ${copied.rowCount}`);
      return ms;
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  }
  return { walk, drop: () => dropTwins(sql) };
}
