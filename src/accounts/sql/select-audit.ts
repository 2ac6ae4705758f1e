import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type ActorKind, type AuditEntry, actorKinds } from './insert-audit.ts';

export interface StoredAuditEntry extends AuditEntry {
  readonly id: number;
}

interface Row {
  id: number;
  at: Date;
  actor_kind: string;
  actor_id: number | null;
  actor_name: string;
  action: string;
  object_kind: string;
  object_id: string | null;
  object_name: string | null;
  database_id: number | null;
  details: JsonObject;
  ip: string | null;
  request_id: string | null;
}

/** What is absent does not matter. */
export interface AuditSearch {
  readonly actorKind?: ActorKind | undefined;
  readonly actorId?: number | undefined;
  /** An action, or an object of which any action counts. */
  readonly action?: string | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  /** Older than this entry. */
  readonly before?: number | undefined;
  readonly limit: number;
}

function toEntry(row: Row): StoredAuditEntry {
  return {
    id: row.id,
    at: row.at,
    actorKind: actorKinds.find((kind) => kind === row.actor_kind) ?? 'system',
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    objectKind: row.object_kind,
    objectId: row.object_id,
    objectName: row.object_name,
    databaseId: row.database_id,
    details: row.details,
    ip: row.ip,
    requestId: row.request_id,
  };
}

/** Entries, the newest first. */
export async function selectAudit(db: Db, search: AuditSearch): Promise<StoredAuditEntry[]> {
  const { actorKind = null, actorId = null, action = null, objectKind = null, objectId = null } = search;
  const { rows } = await sql<Row>`
    select id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name, database_id, details,
           ip, request_id
    from audit
    where (${search.before ?? null}::bigint is null or id < ${search.before ?? null}::bigint)
      and (${actorKind}::text is null or actor_kind = ${actorKind}::text)
      and (${actorId}::integer is null or actor_id = ${actorId}::integer)
      and (${action}::text is null or action = ${action}::text or starts_with(action, ${action}::text || '.'))
      and (${objectKind}::text is null or object_kind = ${objectKind}::text)
      and (${objectId}::text is null or object_id = ${objectId}::text)
    order by id desc
    limit ${search.limit}::integer
  `.execute(db);
  return rows.map(toEntry);
}
