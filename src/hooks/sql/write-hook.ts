import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** Writes settings, secrets and whether it is active; undefined = it is gone. */
export async function writeHook(db: Db, hook: Hook, now: Date): Promise<Hook | undefined> {
  const { filter } = hook;
  const { rows } = await sql<HookRow>`
    update hook h
       set name = ${hook.name}::text, url = ${hook.url}::text, events = ${filter.types}::text[],
           database_ids = ${filter.databaseIds}::int[], workflow_ids = ${filter.workflowIds}::int[],
           resource_ids = ${filter.resourceIds}::int[], batch_size = ${hook.batchSize}::int,
           batch_timeout_seconds = ${hook.batchTimeoutSeconds}::int,
           success_pattern = ${hook.successPattern}::text, header_name = ${hook.headerName}::text,
           oauth2 = ${hook.oauth2 === null ? null : JSON.stringify(hook.oauth2)}::jsonb,
           custom_data = ${JSON.stringify(hook.customData)}::jsonb, secrets = ${hook.secrets}::text,
           is_active = ${hook.isActive}::boolean, inactive_reason = ${hook.inactiveReason}::text,
           updated_at = ${now}::timestamptz
     where h.id = ${hook.id}::int
    returning ${hookColumns}
  `.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : toHook(row);
}
