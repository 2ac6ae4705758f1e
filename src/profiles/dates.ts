/** Date only, or with time, seconds, fraction, and a zone of Z, +03, +0300 or +03:00. A space may stand for the T. */
const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Unix numbers of this size and above are milliseconds: as seconds they would lie after the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** What ISO 8601 with four digits of year can say: 0001-01-01 to 9999-12-31. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function instantOfUnix(value: number): number | undefined {
  const ms = Math.abs(value) >= FIRST_MILLISECONDS ? value : value * 1000;
  return Number.isFinite(ms) && ms >= EARLIEST_MS && ms <= LATEST_MS ? Math.trunc(ms) : undefined;
}

interface Parsed {
  /** The date as it was written, whatever the zone: a birthday has none. */
  readonly date: string;
  readonly instantMs: number;
}

/** `20260131` as text is a day: as Unix seconds it would be one of the year 1970. */
function withDashes(text: string): string {
  const parts = /^([12]\d{3})(0[1-9]|1[0-2])([0-3]\d)$/.exec(text);
  return parts === null ? text : `${parts[1]}-${parts[2]}-${parts[3]}`;
}

/** Reads any accepted form (CONTRACT.md 5); zone-less times are UTC. Undefined when it is none, or no such day. */
function parseMoment(value: string | number): Parsed | undefined {
  const text = typeof value === 'string' ? withDashes(value.trim()) : String(value);
  const unix = typeof value === 'number' ? value : /^-?\d{5,}$/.test(text) ? Number(text) : undefined;
  if (unix !== undefined) {
    const instantMs = instantOfUnix(unix);
    return instantMs === undefined
      ? undefined
      : { date: new Date(instantMs).toISOString().slice(0, 10), instantMs };
  }
  const parts = FORM.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone] =
    parts;
  const offset = offsetMinutes(zone);
  if (offset === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return undefined;
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 30 February as 1 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const time = ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000;
  const instantMs = midnight + time + Number(fraction.padEnd(3, '0').slice(0, 3));
  return instantMs < EARLIEST_MS || instantMs > LATEST_MS ? undefined : { date, instantMs };
}

/** `YYYY-MM-DD`, which sorts as text. */
export function toDate(value: string | number): string | undefined {
  return parseMoment(value)?.date;
}

/** ISO 8601 in UTC with milliseconds, `2026-01-31T09:30:00.000Z`, which sorts as text. */
export function toDatetime(value: string | number): string | undefined {
  const parsed = parseMoment(value);
  return parsed === undefined ? undefined : new Date(parsed.instantMs).toISOString();
}
