import { type RawBuilder, sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Hook, Oauth2 } from '../hook.ts';

export interface HookRow {
  id: number;
  name: string;
  url: string;
  events: string[] | null;
  database_ids: number[] | null;
  workflow_ids: number[] | null;
  resource_ids: number[] | null;
  batch_size: number;
  batch_timeout_seconds: number;
  success_pattern: string | null;
  header_name: string | null;
  oauth2: Oauth2 | null;
  custom_data: JsonObject;
  secrets: string;
  is_active: boolean;
  inactive_reason: string | null;
  missed_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** The columns of `hook`, under the name `h`. */
export const hookColumns: RawBuilder<HookRow> = sql`
  h.id, h.name, h.url, h.events, h.database_ids, h.workflow_ids, h.resource_ids, h.batch_size,
  h.batch_timeout_seconds, h.success_pattern, h.header_name, h.oauth2, h.custom_data, h.secrets, h.is_active,
  h.inactive_reason, h.missed_at, h.created_at, h.updated_at
`;

export function toHook(row: HookRow): Hook {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    filter: {
      types: row.events,
      databaseIds: row.database_ids,
      workflowIds: row.workflow_ids,
      resourceIds: row.resource_ids,
    },
    batchSize: row.batch_size,
    batchTimeoutSeconds: row.batch_timeout_seconds,
    successPattern: row.success_pattern,
    headerName: row.header_name,
    oauth2: row.oauth2,
    customData: row.custom_data,
    secrets: row.secrets,
    isActive: row.is_active,
    inactiveReason: row.inactive_reason,
    missedAt: row.missed_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
