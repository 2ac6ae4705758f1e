import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface SentKey {
  readonly slot: number;
  readonly profileId: string;
  readonly resourceId: number;
}

/** How many messages a profile got from a resource, or will get: those under way that were let through count. */
export interface SentCounts {
  readonly per_hour: number;
  readonly per_day: number;
  readonly per_week: number;
  readonly per_month: number;
}

/** The counts of each key, by `profileId resourceId`, in the last hour, day, 7 and 30 days, without the messages named. */
export async function countSentMessages(
  tx: Db,
  keys: readonly SentKey[],
  without: readonly string[],
  now: Date,
): Promise<Map<string, SentCounts>> {
  const { rows } = await sql<SentCounts & { profile_id: string; resource_id: number }>`
    select k."profileId" as profile_id, k."resourceId" as resource_id, c.*
      from json_to_recordset(${JSON.stringify(keys)}::json) as k(slot smallint, "profileId" text, "resourceId" int)
     cross join lateral (
       select count(*) filter (where m.sent_at > ${now}::timestamptz - interval '1 hour') as per_hour,
              count(*) filter (where m.sent_at > ${now}::timestamptz - interval '24 hours') as per_day,
              count(*) filter (where m.sent_at > ${now}::timestamptz - interval '168 hours') as per_week,
              count(*) as per_month
         from message m
        where m.slot = k.slot and m.profile_id = k."profileId" and m.resource_id = k."resourceId"
          and m.sent_at > ${now}::timestamptz - interval '720 hours'
          and not m.is_test and m.id <> all (${[...without]}::text[])
     ) c
  `.execute(tx);
  return new Map(
    rows.map(({ profile_id: profileId, resource_id: resourceId, ...counts }) => [
      `${profileId} ${resourceId}`,
      counts,
    ]),
  );
}
