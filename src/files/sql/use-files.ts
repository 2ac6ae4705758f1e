import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Who brings or uses files, and when. */
export interface FileOwner {
  /** Null = a person. */
  readonly tokenId: number | null;
  /** The databases of the token; null = every one. */
  readonly databaseIds: readonly number[] | null;
  readonly now: Date;
}

export interface UsableFile {
  readonly name: string;
  readonly mimetype: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * The files among `ids` that the token may use, by id; the rule is told at `storeAttachments`. They count as used now.
 * A file that was used within the last hour is not written again, so that requests with the same one do not wait for
 * each other; what is due to be purged is much older, and is locked here or not found.
 */
export async function useFiles(
  tx: Db,
  ids: readonly string[],
  { tokenId, databaseIds, now }: FileOwner,
): Promise<Map<string, UsableFile>> {
  const databases = databaseIds === null ? null : [...databaseIds];
  const { rows } = await sql<UsableFile & { id: string }>`
    with found as (
      select f.id, f.name, f.mimetype, c.size, f.used_at < ${now}::timestamptz - interval '1 hour' as old
        from file f
        join file_content c on c.id = f.content_id
       where f.id = any (${[...ids]}::uuid[])
         and (f.token_id = ${tokenId}::int or f.database_ids is null or ${databases}::int[] is null
              or f.database_ids && ${databases}::int[])
    ), renewed as (
      update file f set used_at = greatest(f.used_at, ${now}::timestamptz)
        from found
       where f.id = found.id and found.old
      returning f.id
    )
    select id, name, mimetype, size
      from found
     where not old or id in (select id from renewed)
  `.execute(tx);
  return new Map(rows.map(({ id, name, mimetype, size }) => [id, { name, mimetype, size }]));
}
