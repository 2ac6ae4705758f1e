import { sql } from 'kysely';
import { type JsonObject, slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Subscription } from '../profile-state.ts';

export interface StoredProfile {
  readonly id: string;
  readonly databaseId: number;
  fields: JsonObject;
  subscriptions: readonly Subscription[];
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface ProfileRow {
  id: string;
  database_id: number;
  fields: JsonObject;
  subscriptions: Subscription[];
  created_at: Date;
  updated_at: Date;
}

export function toProfile(row: ProfileRow): StoredProfile {
  return {
    id: row.id,
    databaseId: row.database_id,
    fields: row.fields,
    subscriptions: row.subscriptions,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function keysOf(ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => ({ id, slot: slotOf(id) })));
}

/** The profiles with these ids, those that exist, in no order. */
export async function selectProfiles(
  db: Db,
  databaseId: number,
  ids: readonly string[],
): Promise<StoredProfile[]> {
  const { rows } = await sql<ProfileRow>`
    select p.id, p.database_id, p.fields, p.subscriptions, p.created_at, p.updated_at
      from json_to_recordset(${keysOf(ids)}::json) as k(id text, slot smallint)
      join profile p on p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
  `.execute(db);
  return rows.map(toProfile);
}

/**
 * The same, locked until the caller's transaction ends. Locks are taken in order of id, so that two transactions
 * which share profiles wait for each other instead of deadlocking.
 */
export async function lockProfileRows(
  tx: Db,
  databaseId: number,
  ids: readonly string[],
): Promise<StoredProfile[]> {
  const { rows } = await sql<ProfileRow>`
    select p.id, p.database_id, p.fields, p.subscriptions, p.created_at, p.updated_at
      from profile p
      join json_to_recordset(${keysOf(ids)}::json) as k(id text, slot smallint) on p.slot = k.slot and p.id = k.id
     where p.database_id = ${databaseId}::int
     order by p.id
       for update of p
  `.execute(tx);
  return rows.map(toProfile);
}
