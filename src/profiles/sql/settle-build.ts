import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { BuildState, Cursor } from '../field-builds.ts';

export interface BuildStep {
  /** Null = it goes on. */
  readonly end: Exclude<BuildState, 'running' | 'clearing'> | null;
  readonly cursor: Cursor;
  readonly rows: number;
  /** Profiles that there are, where they were counted. */
  readonly total: number | null;
}

/** Notes a step of a build that the caller has locked, and gives it up: the next step is due at once. */
export async function settleBuild(tx: Db, id: number, step: BuildStep, now: Date): Promise<void> {
  const dueAt = step.end === null ? now : null;
  const finishedAt = step.end === null ? null : now;
  await sql`
    update field_build
       set state = coalesce(${step.end}::text, state),
           cursor_table = ${step.cursor.table}::text, cursor_slot = ${step.cursor.slot}::smallint,
           cursor_value = ${step.cursor.value}::text, cursor_id = ${step.cursor.id}::text,
           done = done + ${step.rows}::int,
           total = case when coalesce(total, ${step.total}::bigint) is not null
                        then greatest(total, ${step.total}::bigint, done + ${step.rows}::int) end,
           attempts = 0, finished_at = ${finishedAt}::timestamptz, claim_token = null, due_at = ${dueAt}::timestamptz
     where id = ${id}::int
  `.execute(tx);
}
