import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/index.ts';
import type { NewEvent } from './event.ts';

// On the threads of zlib: what waits for them is a transaction, but the event loop stays free for others.
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** What a log row says of each of its events; type, workflow, resource and time stand in the row. */
export interface LoggedEvent {
  readonly profileId: string;
  readonly email: string | null;
  readonly data: JsonObject;
  readonly customData: JsonObject | null;
  readonly subscription: JsonObject | null;
}

/** Level 1 takes a fifth of the time of the usual level and repeats, which are most of it, shrink as well. */
const LEVEL = 1;

export async function packEvents(events: readonly NewEvent[]): Promise<Buffer> {
  const lists = events.map(({ profileId, email, data, customData, subscription }) => [
    profileId,
    email,
    data,
    customData,
    subscription,
  ]);
  return deflate(JSON.stringify(lists), { level: LEVEL });
}

function toEvent(stored: JsonValue): LoggedEvent {
  if (!Array.isArray(stored)) throw new Error('a row of the event log holds what is no event');
  const [profileId, email, data, customData, subscription] = stored;
  return {
    profileId: String(profileId),
    email: typeof email === 'string' ? email : null,
    data: isJsonObject(data) ? data : {},
    customData: isJsonObject(customData) ? customData : null,
    subscription: isJsonObject(subscription) ? subscription : null,
  };
}

/** @throws {Error} when the bytes are not what `packEvents` makes. */
export async function unpackEvents(body: Buffer): Promise<LoggedEvent[]> {
  const stored = parseJson((await inflate(body)).toString());
  if (!Array.isArray(stored)) throw new Error('a row of the event log is no list');
  return stored.map(toEvent);
}
