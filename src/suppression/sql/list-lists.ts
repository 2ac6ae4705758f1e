import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { SuppressionList } from '../suppression-list.ts';

async function selectLists(db: Db, rest: RawBuilder<unknown>): Promise<SuppressionList[]> {
  const { rows } = await sql<{
    id: number;
    name: string;
    database_ids: number[] | null;
    created_at: Date;
  }>`
    select id, name, database_ids, created_at
      from suppression_list
     ${rest}
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    databaseIds: row.database_ids,
    createdAt: row.created_at,
  }));
}

/** All lists in order of id. */
export function listSuppressionLists(db: Db): Promise<SuppressionList[]> {
  return selectLists(db, sql`order by id`);
}

export async function findSuppressionList(db: Db, id: number): Promise<SuppressionList | undefined> {
  const [list] = await selectLists(db, sql`where id = ${id}::int`);
  return list;
}

/** The same; until the caller's transaction ends nobody changes it or deletes it. */
export async function lockSuppressionList(tx: Db, id: number): Promise<SuppressionList | undefined> {
  const [list] = await selectLists(tx, sql`where id = ${id}::int for update`);
  return list;
}
