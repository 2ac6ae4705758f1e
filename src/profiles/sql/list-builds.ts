import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { BuildState, Cursor, FieldBuild } from '../field-builds.ts';

/** More are not listed: the newest say how things stand. */
const MAX_BUILDS = 1_000;

interface BuildRow {
  id: number;
  database_id: number;
  field_id: number | null;
  field: string;
  what: 'match' | 'unique';
  state: BuildState;
  done: number;
  total: number | null;
  fault: string | null;
  attempts: number;
  cursor_table: Cursor['table'];
  cursor_slot: number;
  cursor_value: string;
  cursor_id: string;
  declared_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

function toCursor(row: BuildRow): Cursor {
  return { table: row.cursor_table, slot: row.cursor_slot, value: row.cursor_value, id: row.cursor_id };
}

async function selectBuilds(db: Db, rest: RawBuilder<unknown>): Promise<FieldBuild[]> {
  const { rows } = await sql<BuildRow>`
    select b.id, b.database_id, b.field_id, coalesce(f.name, 'email') as field, b.what, b.state, b.done, b.total,
           b.fault, b.attempts, b.cursor_table, b.cursor_slot, b.cursor_value, b.cursor_id,
           b.declared_at, b.started_at, b.finished_at
      from field_build b
      left join field f on f.id = b.field_id
     ${rest}
  `.execute(db);
  return rows.map((row) => ({
    ...{ id: row.id, databaseId: row.database_id, fieldId: row.field_id, field: row.field },
    ...{ what: row.what, state: row.state, done: row.done, total: row.total, fault: row.fault },
    ...{ attempts: row.attempts, cursor: toCursor(row) },
    ...{ declaredAt: row.declared_at, startedAt: row.started_at, finishedAt: row.finished_at },
  }));
}

/** The builds of a database, those that have not ended first, then the newest. */
export function listBuilds(db: Db, databaseId: number): Promise<FieldBuild[]> {
  return selectBuilds(
    db,
    sql`where b.database_id = ${databaseId}::int
        order by b.finished_at is null desc, b.id desc
        limit ${MAX_BUILDS}::int`,
  );
}

/** The build of the field, or of unique e-mail where it is null, that has not ended: there is one at most. */
export async function findOpenBuild(
  db: Db,
  databaseId: number,
  fieldId: number | null,
): Promise<FieldBuild | undefined> {
  const [build] = await selectBuilds(
    db,
    sql`where b.database_id = ${databaseId}::int and coalesce(b.field_id, 0) = ${fieldId ?? 0}::int
          and b.finished_at is null`,
  );
  return build;
}

/** The claimed build, locked until the caller's transaction ends, unless another has claimed or changed it since. */
export async function lockClaimedBuild(
  tx: Db,
  claim: { id: number; token: string },
): Promise<FieldBuild | undefined> {
  const [build] = await selectBuilds(
    tx,
    sql`where b.id = ${claim.id}::int and b.claim_token = ${claim.token}::uuid
          for update of b`,
  );
  return build;
}
