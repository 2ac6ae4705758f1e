import { DateTime, Duration, type IANAZone } from 'luxon';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import type { NodeReader } from './node-reader.ts';

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

interface DateOfField {
  readonly field: string;
  /** Added on the calendar; may go backwards. */
  readonly offset: Duration;
  /** Whether the next anniversary is meant. */
  readonly yearly: boolean;
}

/** What a delay waits for; `at` stands alone, of the others one is there at least. */
export interface Until {
  /** ISO 8601; in the profile's zone where it names none. */
  readonly at: string | null;
  readonly time: TimeOfDay | null;
  /** 1 = Monday; null = any day. */
  readonly weekdays: ReadonlySet<number> | null;
  readonly date: DateOfField | null;
}

/** Longer delays are mistakes. */
export const MAX_YEARS = 10;
const DAYS_AHEAD = 8;
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MIDNIGHT: TimeOfDay = { hour: 0, minute: 0, second: 0 };
/** A time of day with an offset from UTC. */
const NAMES_OFFSET = /T.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const NOTHING = Duration.fromMillis(0);
/** So that the anniversaries of a few years are all that must be looked at. */
const MAX_YEARLY_OFFSET_DAYS = 366;

function parseTime(reader: NodeReader, value: JsonValue | undefined): TimeOfDay | null {
  if (value === undefined) return null;
  const [, hour, minute, second] =
    (typeof value === 'string' && /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(value)) || [];
  if (hour === undefined) {
    reader.fault('until.time', 'expected a time of day such as 09:30');
    return null;
  }
  return { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) };
}

function parseWeekdays(reader: NodeReader, value: JsonValue | undefined): ReadonlySet<number> | null {
  if (value === undefined) return null;
  const days = new Set<number>();
  for (const day of Array.isArray(value) ? value : []) {
    const number = typeof day === 'string' ? dayNames.indexOf(day) + 1 : day;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 7) {
      days.add(number);
    } else reader.fault('until.weekdays', `expected numbers from 1, Monday, to 7, or ${dayNames.join(', ')}`);
  }
  if (Array.isArray(value) && value.length > 0) return days;
  reader.fault('until.weekdays', 'expected a list of at least one day');
  return null;
}

function daysOf(offset: Duration): number {
  return Math.abs(DateTime.fromMillis(0, { zone: 'utc' }).plus(offset).toMillis()) / 86_400_000;
}

function parseOffset(reader: NodeReader, date: JsonObject, yearly: boolean): Duration {
  const value = ownValue(date, 'offset');
  if (value === undefined) return NOTHING;
  const offset = Duration.fromISO(typeof value === 'string' ? value : '');
  const path = 'until.date.offset';
  if (!offset.isValid) reader.fault(path, 'expected an ISO 8601 duration such as P1D or -P3D');
  else if (yearly && !(daysOf(offset) <= MAX_YEARLY_OFFSET_DAYS))
    reader.fault(path, 'expected at most a year, as the date comes back every year');
  else if (!(daysOf(offset) <= MAX_YEARS * 366)) reader.fault(path, 'expected at most ten years');
  return offset.isValid ? offset : NOTHING;
}

function parseDate(reader: NodeReader, value: JsonValue | undefined): DateOfField | null {
  if (value === undefined) return null;
  if (!isJsonObject(value)) {
    reader.fault('until.date', 'expected an object with `field`');
    return null;
  }
  for (const key of Object.keys(value)) {
    if (!['field', 'offset', 'yearly'].includes(key)) {
      reader.fault(`until.date.${key}`, 'a date has no such key');
    }
  }
  const field = ownValue(value, 'field');
  if (typeof field !== 'string') reader.fault('until.date.field', 'expected the name of a field');
  const yearly = ownValue(value, 'yearly') ?? false;
  if (typeof yearly !== 'boolean') reader.fault('until.date.yearly', 'expected true or false');
  const offset = parseOffset(reader, value, yearly === true);
  return typeof field === 'string' ? { field, offset, yearly: yearly === true } : null;
}

function parseAt(reader: NodeReader, value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && DateTime.fromISO(value, { zone: 'utc' }).isValid) return value;
  reader.fault('until.at', 'expected an ISO 8601 date and time such as 2026-12-31T18:00:00+01:00');
  return null;
}

/** Reads `until`; its faults are with the reader. */
export function parseUntil(reader: NodeReader): Until | undefined {
  const value = reader.value('until');
  if (!isJsonObject(value)) {
    reader.fault('until', 'expected an object with time, weekdays, date or at');
    return undefined;
  }
  const keys = Object.keys(value);
  for (const key of keys) {
    if (!['at', 'time', 'weekdays', 'date'].includes(key)) {
      reader.fault(`until.${key}`, '`until` has no such key');
    }
  }
  const until = {
    at: parseAt(reader, ownValue(value, 'at')),
    time: parseTime(reader, ownValue(value, 'time')),
    weekdays: parseWeekdays(reader, ownValue(value, 'weekdays')),
    date: parseDate(reader, ownValue(value, 'date')),
  };
  if (keys.length === 0) reader.fault('until', 'expected an object with time, weekdays, date or at');
  if (keys.includes('at') && keys.length > 1) reader.fault('until.at', '`at` stands alone');
  return until;
}

/** Of a time that the clocks show twice, the first; a time that they skip is moved on by what they skip. */
function firstOf(local: DateTime): DateTime {
  return local.getPossibleOffsets()[0] ?? local;
}

function atTime(day: DateTime, time: TimeOfDay): DateTime {
  return firstOf(day.set({ ...time, millisecond: 0 }));
}

/** The day itself, or the next one that is one of the weekdays, at the same time of day. */
function onWeekday(day: DateTime, weekdays: ReadonlySet<number> | null): DateTime {
  let moved = day;
  while (weekdays !== null && !weekdays.has(moved.weekday)) moved = moved.plus({ days: 1 });
  return moved;
}

/** The next time of day on one of the days, later than now. */
function nextTime(now: DateTime, time: TimeOfDay, weekdays: ReadonlySet<number> | null): DateTime {
  let day = now;
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const moment = atTime(day, time);
    if (moment > now && (weekdays === null || weekdays.has(moment.weekday))) return moment;
    day = now.startOf('day').plus({ days: ahead + 1 });
  }
  return atTime(onWeekday(day, weekdays), time);
}

interface FieldDate {
  /** A date without a time is its midnight in the zone. */
  readonly moment: DateTime;
  readonly hasTime: boolean;
}

/** Reads what the field holds; undefined when that is no date. */
function readDate(value: JsonValue | undefined, zone: IANAZone): FieldDate | undefined {
  if (typeof value !== 'string') return undefined;
  const moment = DateTime.fromISO(value, { zone });
  return moment.isValid ? { moment, hasTime: value.length > 10 } : undefined;
}

function nextDate(
  now: DateTime,
  { moment, hasTime }: FieldDate,
  { time, weekdays, date }: Until,
  { yearly, offset }: DateOfField,
): DateTime | undefined {
  const settle = (day: DateTime): DateTime => {
    const moved = onWeekday(day.plus(offset), weekdays);
    const ownTime = hasTime ? undefined : MIDNIGHT;
    const daytime = time ?? ownTime;
    if (daytime !== undefined) return atTime(moved, daytime);
    // A moment that stays where it is may be the second of two alike.
    return moved.toMillis() === day.toMillis() ? moved : firstOf(moved);
  };
  if (date === null || !yearly) {
    const settled = settle(moment);
    return settled > now ? settled : undefined;
  }
  const first = Math.max(moment.year, now.year - 2);
  for (let year = first; year <= Math.max(first, now.year + 2); year += 1) {
    // Luxon puts 29 February on the 28th in years that have none.
    const settled = settle(moment.set({ year }));
    if (settled > now) return settled;
  }
  return undefined;
}

/**
 * When the wait is over, on the calendar of the zone: later than now, or now where `weekdays` stand alone and today is
 * one of them. Undefined when there is no such moment: it has passed, or the field holds no date.
 */
export function momentOf(
  until: Until,
  now: Date,
  zone: IANAZone,
  fields: JsonObject | undefined,
): Date | undefined {
  const local = DateTime.fromJSDate(now, { zone });
  const { at, time, weekdays, date } = until;
  if (at !== null) {
    const written = DateTime.fromISO(at, { zone });
    const moment = NAMES_OFFSET.test(at) ? written : firstOf(written);
    return moment > local ? moment.toJSDate() : undefined;
  }
  if (date !== null) {
    const held = fields === undefined ? undefined : readDate(ownValue(fields, date.field), zone);
    return held === undefined ? undefined : nextDate(local, held, until, date)?.toJSDate();
  }
  if (time !== null) return nextTime(local, time, weekdays).toJSDate();
  const day = onWeekday(local, weekdays);
  return day.hasSame(local, 'day') ? now : day.startOf('day').toJSDate();
}
