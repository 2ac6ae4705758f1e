import { isObject, textFault } from '../base/index.ts';
import { isTimeZone, zoneAt } from './time-zone.ts';

/** What a city database knows of an address; what it does not know is absent. Texts are never empty. */
export interface Place {
  /** Two capital letters, ISO 3166-1. */
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  /** A name of the IANA database, such as `Europe/Paris`. */
  readonly timeZone?: string;
  /** Degrees, rounded to four decimals (about ten metres), which is finer than any such database knows. */
  readonly latitude?: number;
  readonly longitude?: number;
}

/** How vendors say that an address belongs to no country. */
const NO_COUNTRY = 'ZZ';

/** The same keys in any structure; undefined or unusable where the record does not have them. */
interface Raw {
  readonly country: unknown;
  readonly region: unknown;
  readonly city: unknown;
  readonly postalCode: unknown;
  readonly timeZone: unknown;
  readonly latitude: unknown;
  readonly longitude: unknown;
}

function child(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** The English one of a record's names, else the first that there is. */
function nameOf(value: unknown): unknown {
  const names = child(value, 'names');
  return isObject(names) ? (names['en'] ?? Object.values(names)[0]) : undefined;
}

/** MaxMind's structure, which the files of DB-IP have as well: objects with names in several languages. */
function readNested(record: Record<string, unknown>): Raw {
  const { subdivisions, location } = record;
  return {
    country: child(record['country'], 'iso_code'),
    // The largest comes first: England, then Cambridgeshire.
    region: nameOf(Array.isArray(subdivisions) ? subdivisions[0] : undefined),
    city: nameOf(record['city']),
    postalCode: child(record['postal'], 'code'),
    timeZone: child(location, 'time_zone'),
    latitude: child(location, 'latitude'),
    longitude: child(location, 'longitude'),
  };
}

/** The structure of the ip-location-db project: texts under plain names, empty where nothing is known. */
function readFlat(record: Record<string, unknown>): Raw {
  return {
    country: record['country_code'],
    region: record['state1'],
    city: record['city'],
    postalCode: record['postcode'],
    timeZone: record['timezone'],
    latitude: record['latitude'],
    longitude: record['longitude'],
  };
}

function text(value: unknown): string | undefined {
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' || textFault(trimmed) !== undefined ? undefined : trimmed;
}

function degrees(value: unknown, limit: number): number | undefined {
  // A file may well store 32-bit numbers, which read as 37.422000885009766.
  return typeof value === 'number' && Math.abs(value) <= limit
    ? Math.round(value * 10_000) / 10_000
    : undefined;
}

/** `Berlin` of `Berlin (Bezirk Mitte)`; also of `Zurich (Zurich (Kreis 1) / Hochschulen)` the first word. */
function withoutDistrict(city: string | undefined): string | undefined {
  return text(city?.replace(/ \(.*$/s, ''));
}

/**
 * Reads a record of either structure.
 * @param hasDistricts whether the file writes districts in parentheses behind the city
 * @returns undefined when the record names no place
 */
export function readPlace(record: unknown, hasDistricts: boolean): Place | undefined {
  if (!isObject(record)) return undefined;
  const raw = 'country_code' in record ? readFlat(record) : readNested(record);
  const country = text(raw.country)?.toUpperCase();
  if (country === NO_COUNTRY) return undefined;
  const region = text(raw.region);
  const named = text(raw.city);
  const city = hasDistricts ? withoutDistrict(named) : named;
  const postalCode = text(raw.postalCode);
  const latitude = degrees(raw.latitude, 90);
  const longitude = degrees(raw.longitude, 180);
  const located = latitude !== undefined && longitude !== undefined;
  const stored = text(raw.timeZone);
  let timeZone = stored !== undefined && isTimeZone(stored) ? stored : undefined;
  // Without a city the coordinates are the middle of a country, whose zone says nothing of the address.
  if (timeZone === undefined && located && city !== undefined) timeZone = zoneAt(latitude, longitude);
  const place: Place = {
    ...(country !== undefined && /^[A-Z]{2}$/.test(country) && { country }),
    ...(region !== undefined && { region }),
    ...(city !== undefined && { city }),
    ...(postalCode !== undefined && { postalCode }),
    ...(timeZone !== undefined && { timeZone }),
    ...(located && { latitude, longitude }),
  };
  return Object.keys(place).length === 0 ? undefined : place;
}
