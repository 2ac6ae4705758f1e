import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export const actorKinds = ['token', 'user', 'system'] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Who has done what to what. */
export interface AuditEntry {
  readonly at: Date;
  readonly actorKind: ActorKind;
  /** Null = the system, or somebody unknown. */
  readonly actorId: number | null;
  readonly actorName: string;
  /** Object and verb, such as `workflow.publish`. */
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string | null;
  readonly objectName: string | null;
  readonly databaseId: number | null;
  /** Names of keys and the like; never a secret, never what a profile says. */
  readonly details: JsonObject;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** In the transaction of the change, where there is one. */
export async function insertAudit(db: Db, entry: AuditEntry): Promise<void> {
  await sql`
    insert into audit (
      at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name, database_id, details, ip,
      request_id
    ) values (
      ${entry.at}::timestamptz, ${entry.actorKind}::text, ${entry.actorId}::integer, ${entry.actorName}::text,
      ${entry.action}::text, ${entry.objectKind}::text, ${entry.objectId}::text, ${entry.objectName}::text,
      ${entry.databaseId}::integer, ${JSON.stringify(entry.details)}::jsonb, ${entry.ip}::text,
      ${entry.requestId}::text
    )
  `.execute(db);
}
