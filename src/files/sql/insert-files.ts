import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { FileOwner } from './use-files.ts';

export interface NewFile {
  readonly id: string;
  readonly contentId: string;
  readonly name: string;
  readonly mimetype: string;
}

/** Files of one owner; they count as used at `owner.now`. One statement. */
export async function insertFiles(tx: Db, files: readonly NewFile[], owner: FileOwner): Promise<void> {
  const databaseIds = owner.databaseIds === null ? null : [...owner.databaseIds];
  await sql`
    insert into file (id, content_id, name, mimetype, token_id, database_ids, created_at, used_at)
    select id, content_id, name, mimetype, ${owner.tokenId}::int, ${databaseIds}::int[],
           ${owner.now}::timestamptz, ${owner.now}::timestamptz
      from unnest(${files.map(({ id }) => id)}::uuid[], ${files.map(({ contentId }) => contentId)}::uuid[],
                  ${files.map(({ name }) => name)}::text[], ${files.map(({ mimetype }) => mimetype)}::text[])
             as f(id, content_id, name, mimetype)
  `.execute(tx);
}
