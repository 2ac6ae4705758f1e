import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface ListedVersion {
  readonly version: number;
  readonly publishedAt: Date;
  /** The name of the user or token, where it is known. */
  readonly publishedBy: string | null;
  readonly definition: JsonValue;
}

/** The published versions of a workflow, the latest first: at most `limit`, before the version `before`. */
export async function listVersions(
  db: Db,
  workflowId: number,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<ListedVersion[]> {
  const { rows } = await sql<{
    version: number;
    published_at: Date;
    published_by: string | null;
    definition: JsonValue;
  }>`
    select version, published_at, published_by, definition
      from workflow_version
     where workflow_id = ${workflowId}::int and (${before}::int is null or version < ${before}::int)
     order by version desc
     limit ${limit}::int
  `.execute(db);
  return rows.map((row) => ({
    version: row.version,
    publishedAt: row.published_at,
    publishedBy: row.published_by,
    definition: row.definition,
  }));
}
