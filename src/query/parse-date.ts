import { isJsonObject, type JsonValue, ownValue } from '../base/index.ts';

const FORM = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-]\d\d):?(\d\d))?)?$/;

/** What four digits of year can say: 0001-01-01 to 9999-12-31. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

const DAY_MS = 86_400_000;

/** An instant as it is stored: a field of type date holds `date`, one of type datetime holds `datetime`. */
export interface StoredDate {
  /** `2001-12-31T00:00:00.000Z` */
  readonly datetime: string;
  /** `2001-12-31` when the instant is midnight in UTC, which such a field stands for. */
  readonly date: string | undefined;
  /** Whether it was written without a time. */
  readonly isDateOnly: boolean;
}

export function isDateLiteral(value: JsonValue): boolean {
  return isJsonObject(value) && Object.hasOwn(value, '$date');
}

/** Reads `{"$date": …}` with ISO 8601 text (UTC when it names no zone) or milliseconds since 1970. Undefined for others. */
export function parseDate(value: JsonValue): StoredDate | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const written = ownValue(value, '$date');
  const instant = typeof written === 'number' ? Math.trunc(written) : instantOfText(written);
  if (instant === undefined || !(instant >= EARLIEST_MS && instant <= LATEST_MS)) return undefined;
  const datetime = new Date(instant).toISOString();
  const date = instant % DAY_MS === 0 ? datetime.slice(0, 10) : undefined;
  return { datetime, date, isDateOnly: typeof written === 'string' && written.length === 10 };
}

function instantOfText(text: JsonValue | undefined): number | undefined {
  const parts = typeof text === 'string' ? FORM.exec(text) : null;
  if (parts === null) return undefined;
  const [, date = '', time = '00:00', second = '00', fraction = '', hours = '+00', minutes = '00'] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 30 February as 1 March, and 24:00 as the next day.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  if (time.startsWith('24')) return undefined;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const instant = Date.parse(`${date}T${time}:${second}.${milliseconds}${hours}:${minutes}`);
  return Number.isNaN(instant) ? undefined : instant;
}
