import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewContent {
  readonly id: string;
  /** SHA-256. */
  readonly hash: Buffer;
  readonly size: number;
  readonly pieces: number;
}

/** Inserts the contents whose hash is not there yet, in the order of their hashes, so that two do not wait in a ring. */
export async function insertContents(tx: Db, contents: readonly NewContent[], now: Date): Promise<void> {
  await sql`
    insert into file_content (id, hash, size, pieces, created_at)
    select id, hash, size, pieces, ${now}::timestamptz
      from unnest(${contents.map(({ id }) => id)}::uuid[], ${contents.map(({ hash }) => hash)}::bytea[],
                  ${contents.map(({ size }) => size)}::bigint[], ${contents.map(({ pieces }) => pieces)}::int[])
             as c(id, hash, size, pieces)
     order by hash
    on conflict (hash) do nothing
  `.execute(tx);
}
