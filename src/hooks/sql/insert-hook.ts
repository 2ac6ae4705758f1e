import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Hook, HookSettings } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** Stores a hook that is active. */
export async function insertHook(db: Db, hook: HookSettings & { secrets: string }, now: Date): Promise<Hook> {
  const { filter } = hook;
  const { rows } = await sql<HookRow>`
    insert into hook as h (name, url, events, database_ids, workflow_ids, resource_ids, batch_size,
                           batch_timeout_seconds, success_pattern, header_name, oauth2, custom_data, secrets,
                           is_active, created_at, updated_at)
    values (${hook.name}::text, ${hook.url}::text, ${filter.types}::text[], ${filter.databaseIds}::int[],
            ${filter.workflowIds}::int[], ${filter.resourceIds}::int[], ${hook.batchSize}::int,
            ${hook.batchTimeoutSeconds}::int, ${hook.successPattern}::text, ${hook.headerName}::text,
            ${hook.oauth2 === null ? null : JSON.stringify(hook.oauth2)}::jsonb,
            ${JSON.stringify(hook.customData)}::jsonb, ${hook.secrets}::text, true, ${now}::timestamptz,
            ${now}::timestamptz)
    returning ${hookColumns}
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('an insert has returned no row');
  return toHook(row);
}
