import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { BatchKind } from '../load/batch-body.ts';
import { createTwin, dropTwins } from './twin.ts';

interface LeftRows {
  readonly table: string;
  readonly rows: number;
  /** In PostgreSQL's binary COPY format. */
  readonly bytes: Buffer;
}

/** What a batch leaves behind, by table. A batch of existing profiles writes no identities. */
function leftQueries(kind: BatchKind, task: string): [table: string, query: string][] {
  const runs = `select slot, database_id, profile_id from run where task_id = ${task}`;
  const queries: [string, string][] = [
    ['profile', `select * from profile where (slot, database_id, id) in (${runs})`],
    ['run', `select * from run where task_id = ${task}`],
    ['import_chunk', `select * from import_chunk where task_id = ${task}`],
    ['task', `select * from task where id = ${task}`],
  ];
  if (kind === 'existing') return queries;
  const profiles = `select database_id, profile_id from run where task_id = ${task}`;
  return [
    ...queries,
    ['identity', `select * from identity where (database_id, profile_id) in (${profiles})`],
  ];
}

async function fetchLeft(client: pg.Client, kind: BatchKind, taskId: string): Promise<LeftRows[]> {
  const left: LeftRows[] = [];
  for (const [table, query] of leftQueries(kind, client.escapeLiteral(taskId))) {
    const stream = client.query(copyTo(`copy (${query}) to stdout (format binary)`));
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece);
    left.push({ table, rows: stream.rowCount, bytes: Buffer.concat(pieces) });
  }
  return left;
}

async function copyIn(client: pg.Client, { table, bytes }: LeftRows): Promise<void> {
  const stream = client.query(copyFrom(`copy copied.${table} from stdin (format binary)`));
  stream.end(bytes);
  await finished(stream);
}

/**
 * The yardstick: the time that PostgreSQL takes for COPY of the very rows that the batch left behind, in one
 * transaction up to its commit, into empty tables with the same indexes and the same fill factor.
 * @returns it in ms, and how many rows that were, by table.
 */
export async function measureCopy(
  client: pg.Client,
  kind: BatchKind,
  taskId: string,
): Promise<{ copyMs: number; left: Record<string, number> }> {
  const left = await fetchLeft(client, kind, taskId);
  for (const { table } of left) await createTwin(client, table);
  globalThis.gc?.();
  const startedAt = performance.now();
  await client.query('begin');
  for (const rows of left) await copyIn(client, rows);
  await client.query('commit');
  const copyMs = performance.now() - startedAt;
  await dropTwins(client);
  return { copyMs, left: Object.fromEntries(left.map(({ table, rows }) => [table, rows])) };
}
