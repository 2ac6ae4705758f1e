import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { UnknownPolicy } from '../../messages/index.ts';
import type { CallRequest } from '../nodes/walking-run.ts';
import type { DueVersion } from './find-due-versions.ts';

export interface NewCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  readonly profileId: string;
  readonly node: string;
  /** Of the run. */
  readonly share: number;
  readonly request: CallRequest;
  readonly saveAs: string | null;
  readonly retries: number;
  readonly onUnknown: UnknownPolicy;
}

/** The origins of URLs. Calls of a batch go to few hosts, and reading a URL takes longer than the rest of its call. */
function originsOf(calls: readonly NewCall[]): string[] {
  const known = new Map<string, string>();
  return calls.map(({ request: { url } }) => {
    const start = /^[a-z]+:\/\/[^/?#\\]+/i.exec(url)?.[0] ?? url;
    const origin = known.get(start) ?? new URL(url).origin;
    known.set(start, origin);
    return origin;
  });
}

/**
 * Queues calls, due at once, in the transaction that moves their runs. As a recordset of JSON: requests are JSON already, and as an
 * array of texts they took half as long again.
 */
export async function insertCalls(
  tx: Db,
  version: DueVersion & { databaseId: number },
  calls: readonly NewCall[],
  now: Date,
): Promise<void> {
  const origins = originsOf(calls);
  const rows = calls.map((call, index) => ({ ...call, host: origins[index] }));
  await sql`
    insert into api_call (slot, id, database_id, run_id, profile_id, workflow_id, version, node, request, save_as,
                          retries_left, attempts, due_at, status, created_at, host, share, on_unknown)
    select slot, id, ${version.databaseId}::int, "runId", "profileId", ${version.workflowId}::int,
           ${version.version}::int, node, request, "saveAs", retries, 0, ${now}::timestamptz, 'queued',
           ${now}::timestamptz, host, share, "onUnknown"
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as c(slot smallint, id text, "runId" text, "profileId" text, node text, request jsonb, "saveAs" text,
             retries int, host text, share smallint, "onUnknown" text)
  `.execute(tx);
}
