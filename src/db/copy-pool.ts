import { finished } from 'node:stream/promises';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import { CopyRows } from './copy-rows.ts';

async function copyIn(client: pg.PoolClient, statement: string, rows: CopyRows): Promise<void> {
  const stream = client.query(from(statement));
  stream.end(rows.finish());
  await finished(stream);
}

function wrapClient(client: pg.PoolClient): PostgresPoolClient {
  function query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(
    first: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    const wrapped: PostgresPoolClient = client;
    if (typeof first !== 'string') return wrapped.query(first);
    const [rows] = parameters;
    if (!(rows instanceof CopyRows)) return wrapped.query(first, parameters);
    return copyIn(client, first, rows).then(() => ({ command: 'INSERT', rowCount: rows.rows, rows: [] }));
  }
  return { query, release: (destroy) => client.release(destroy) };
}

/** The pool as Kysely uses it: a statement whose parameter is `CopyRows` goes out as a COPY with those rows. */
export function withCopy(pool: pg.Pool): PostgresPool {
  // Kysely keeps what it knows of a connection by its client, so each keeps its wrapping.
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? wrapClient(client);
      wrapped.set(client, known);
      return known;
    },
  };
}
