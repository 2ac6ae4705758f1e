import type pg from 'pg';

/** An empty `copied.<table>` like the server's own. LIKE takes over indexes, storage and all else but the fill factor. */
export async function createTwin(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ options: string | null }>(
    `select array_to_string(reloptions, ', ') as options from pg_class where oid = $1::regclass`,
    [table],
  );
  const options = rows[0]?.options ?? '';
  await client.query('create schema if not exists copied');
  await client.query(
    `create table copied.${table} (like public.${table} including all) ${options === '' ? '' : `with (${options})`}`,
  );
}

export async function dropTwins(client: pg.Client): Promise<void> {
  await client.query('drop schema copied cascade');
}
