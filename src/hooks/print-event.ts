import { addressMd5, addressXxh, type JsonObject } from '../base/index.ts';
import type { LoggedEvent } from './event-codec.ts';
import type { LogRow } from './sql/scan-log.ts';

/** The one account that a server has. */
const ACCOUNT_ID = 1;

/** Prints the event with that index in a row of the log. `event` undefined = its profile was erased since. */
export type PrintEvent = (index: number, event: LoggedEvent | undefined) => JsonObject;

/**
 * Prints the events of a row as hooks and the feed tell them (CONTRACT.md 7).
 * @param under what a hook adds to `custom_data`; what the request has given wins.
 */
export function eventPrinter(row: LogRow, under: JsonObject = {}): PrintEvent {
  const date = row.createdAt.toISOString();
  return (index, event) => {
    const email = event?.email ?? null;
    const own = event?.customData ?? null;
    return {
      event_id: `${row.id}-${index}`,
      event_type: row.type,
      event_date: date,
      profile_id: event?.profileId ?? null,
      list_id: row.databaseId,
      account_id: ACCOUNT_ID,
      _md5: email === null ? null : addressMd5(email),
      _xxh: email === null ? null : addressXxh(email),
      custom_data: own === null ? under : { ...under, ...own },
      event_data: event?.data ?? {},
      subscription: event === undefined || event.subscription === null ? [] : [event.subscription],
      is_test: row.isTest,
    };
  };
}
