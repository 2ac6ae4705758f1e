import { addressMd5, addressXxh, type JsonObject } from '../base/index.ts';
import type { LoggedEvent } from './event-codec.ts';
import type { LogRow } from './sql/scan-log.ts';

/** The one account that a server has. */
const ACCOUNT_ID = 1;

/** An event as hooks and the feed tell it (CONTRACT.md 7). `event` undefined = its profile was erased since. */
export function printEvent(row: LogRow, index: number, event: LoggedEvent | undefined): JsonObject {
  const email = event?.email ?? null;
  return {
    event_id: `${row.id}-${index}`,
    event_type: row.type,
    event_date: row.createdAt.toISOString(),
    profile_id: event?.profileId ?? null,
    list_id: row.databaseId,
    account_id: ACCOUNT_ID,
    _md5: email === null ? null : addressMd5(email),
    _xxh: email === null ? null : addressXxh(email),
    custom_data: event?.customData ?? {},
    event_data: event?.data ?? {},
    subscription: event === undefined || event.subscription === null ? [] : [event.subscription],
    is_test: row.isTest,
  };
}
