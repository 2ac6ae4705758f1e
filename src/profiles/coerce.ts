import { isIP } from 'node:net';
import { IANAZone } from 'luxon';
import {
  failure,
  isDeeperThan,
  isJsonObject,
  type JsonValue,
  type Outcome,
  storageFault,
  success,
  textFault,
} from '../base/index.ts';
import { normalizeEmail, normalizePhone } from './contacts.ts';
import type { Database, ValueType } from './database.ts';
import { toDate, toDatetime } from './dates.ts';
import type { ValueField } from './fields.ts';

const MAX_TEXT_LENGTH = 65_536;
/** A B-tree entry holds 2,704 bytes; 512 characters fit in every script. */
const MAX_MATCH_LENGTH = 512;
const MAX_TAGS = 1_000;
const MAX_PHONES = 100;
const MAX_OBJECTS = 1_000;
/** Levels of an object, of which filters and templates reach every one. */
const MAX_OBJECT_DEPTH = 8;

type Coerced = Outcome<JsonValue, string>;

function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${value}`;
  const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return `“${short.toWellFormed().replaceAll('\u0000', '␀')}”`;
}

function expected(what: string, value: JsonValue): Coerced {
  return failure(`expected ${what}, got ${describe(value)}`);
}

function coerceText(value: JsonValue): Coerced {
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? expected('a text; whole numbers beyond 2^53 lose digits unless they are sent as text', value)
      : success(String(value));
  }
  if (typeof value !== 'string') return expected('a text', value);
  if (value.length > MAX_TEXT_LENGTH) return failure(`longer than ${MAX_TEXT_LENGTH} characters`);
  return success(value);
}

function coerceInt(value: JsonValue): Coerced {
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,20}\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return expected('a whole number', value);
  if (!Number.isSafeInteger(number)) return expected('a whole number between -(2^53-1) and 2^53-1', value);
  return success(number === 0 ? 0 : number);
}

function coerceFloat(value: JsonValue): Coerced {
  const isNumeral =
    typeof value === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\s*$/.test(value);
  const number = isNumeral ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return expected('a number', value);
  return success(number === 0 ? 0 : number);
}

const booleans = new Map<JsonValue, boolean>([
  [true, true],
  [1, true],
  ['true', true],
  ['1', true],
  [false, false],
  [0, false],
  ['false', false],
  ['0', false],
]);

function coerceBool(value: JsonValue): Coerced {
  const known = booleans.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
  return known === undefined ? expected('true or false', value) : success(known);
}

function coerceMoment(
  value: JsonValue,
  read: (value: string | number) => string | undefined,
  what: string,
): Coerced {
  const moment = typeof value === 'string' || typeof value === 'number' ? read(value) : undefined;
  return moment === undefined ? expected(what, value) : success(moment);
}

function coerceEnum(value: JsonValue, options: readonly string[]): Coerced {
  const named = typeof value === 'string' ? options.find((known) => known === value) : undefined;
  // A number comes as text from callers who have no other type, such as those of XML.
  const ordinal = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value;
  const option = named ?? (typeof ordinal === 'number' ? options[ordinal] : undefined);
  if (option !== undefined) return success(option);
  const list = options.length > 10 ? `${options.slice(0, 10).join(', ')}, …` : options.join(', ');
  return expected(`one of ${list}, or its number from 0 to ${options.length - 1}`, value);
}

function coerceSex(value: JsonValue, database: Database): Coerced {
  const first = database.sexNumbers === '0/1' ? 0 : 1;
  if (value === 'male' || value === first || value === String(first)) return success('male');
  if (value === 'female' || value === first + 1 || value === String(first + 1)) return success('female');
  return expected(`male or female, or ${first} or ${first + 1}`, value);
}

function coerceTags(value: JsonValue): Coerced {
  const tags = typeof value === 'string' ? splitTags(value) : value;
  if (!Array.isArray(tags)) return expected('a list of tags', value);
  if (tags.length > MAX_TAGS) return failure(`more than ${MAX_TAGS} tags`);
  const kept = new Set<string>();
  for (const tag of tags) {
    if (typeof tag !== 'string' || tag.trim() === '' || tag.includes(',')) {
      return expected('tags that are texts without commas', tag);
    }
    kept.add(tag.trim());
  }
  // Tags are a set: one order makes equal sets equal documents.
  return success([...kept].sort());
}

function splitTags(value: string): string[] {
  return value
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

function coerceEmail(value: JsonValue): Coerced {
  const email = typeof value === 'string' ? normalizeEmail(value) : undefined;
  return email === undefined ? expected('an e-mail address', value) : success(email);
}

function coercePhones(value: JsonValue, database: Database): Coerced {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > MAX_PHONES) return failure(`more than ${MAX_PHONES} phone numbers`);
  const kept = new Set<string>();
  for (const phone of list) {
    const isText = typeof phone === 'string' || (typeof phone === 'number' && Number.isSafeInteger(phone));
    const normal = isText ? normalizePhone(String(phone), database.phoneCountry) : undefined;
    if (normal === undefined) return expected('a phone number such as +79991234567', phone);
    kept.add(normal);
  }
  return success([...kept]);
}

function coerceIp(value: JsonValue): Coerced {
  const ip = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return isIP(ip) === 0 ? expected('an IPv4 or IPv6 address', value) : success(ip);
}

/** Asking for one takes 70 µs, so what was found valid is remembered; there are some 600, in a few spellings. */
const validZones = new Set<string>();
const MAX_VALID_ZONES = 5_000;

function isZone(zone: string): boolean {
  if (validZones.has(zone)) return true;
  if (!IANAZone.isValidZone(zone)) return false;
  if (validZones.size < MAX_VALID_ZONES) validZones.add(zone);
  return true;
}

function coerceZone(value: JsonValue): Coerced {
  const zone = typeof value === 'string' ? value.trim() : '';
  return isZone(zone) ? success(zone) : expected('a time zone such as Europe/Moscow', value);
}

/** Kept as it is, whatever it holds. */
function coerceObject(value: JsonValue): Coerced {
  if (!isJsonObject(value)) return expected('an object', value);
  if (isDeeperThan(value, MAX_OBJECT_DEPTH)) return failure(`nested deeper than ${MAX_OBJECT_DEPTH} levels`);
  const fault = storageFault(value, 'the object');
  return fault === undefined ? success(value) : failure(fault);
}

function coerceObjects(value: JsonValue): Coerced {
  const list = isJsonObject(value) ? [value] : value;
  if (!Array.isArray(list)) return expected('a list of objects', value);
  if (list.length > MAX_OBJECTS) return failure(`more than ${MAX_OBJECTS} objects`);
  for (const element of list) {
    const coerced = coerceObject(element);
    if (!coerced.ok) return coerced;
  }
  return success(list);
}

type Coercer = (value: JsonValue, field: ValueField, database: Database) => Coerced;

const coercers: Readonly<Record<ValueType, Coercer>> = {
  string: coerceText,
  int: coerceInt,
  float: coerceFloat,
  bool: coerceBool,
  date: (value) => coerceMoment(value, toDate, 'a date such as 2001-12-31'),
  datetime: (value) => coerceMoment(value, toDatetime, 'a date and time such as 2026-01-31T09:30:00Z'),
  enum: (value, field) => coerceEnum(value, field.options ?? []),
  ip: coerceIp,
  tags: coerceTags,
  object: coerceObject,
  objects: coerceObjects,
  email: coerceEmail,
  phones: (value, _field, database) => coercePhones(value, database),
  sex: (value, _field, database) => coerceSex(value, database),
  zone: coerceZone,
};

/** What the text of a value breaks: characters that PostgreSQL refuses, or the length of an index entry. */
function storedFault(value: JsonValue, field: ValueField): string | undefined {
  if (typeof value === 'string') {
    if (field.kind !== null && value.length > MAX_MATCH_LENGTH) {
      return `longer than ${MAX_MATCH_LENGTH} characters, the most that a match field takes`;
    }
    return textFault(value);
  }
  if (!Array.isArray(value)) return undefined;
  if (field.kind !== null && field.type === 'tags' && value.join(',').length > MAX_MATCH_LENGTH) {
    return `longer than ${MAX_MATCH_LENGTH} characters together, the most that a match field takes`;
  }
  for (const element of value) {
    const fault = typeof element === 'string' ? textFault(element) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Coerces one value that is not null to the field's type. The failure is the part of a sentence after the name. */
export function coerceValue(database: Database, field: ValueField, value: JsonValue): Coerced {
  const coerced = coercers[field.type](value, field, database);
  if (!coerced.ok) return coerced;
  const fault = storedFault(coerced.value, field);
  return fault === undefined ? coerced : failure(fault);
}
