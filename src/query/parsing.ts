import type { JsonValue } from '../base/index.ts';
import type { Filter, QueryError } from './filter.ts';

/** Nesting of `$and`, `$or`, `$nor`, `$not`, `$elemMatch`, and of a document that a field is compared with. */
export const MAX_DEPTH = 16;
/** Elements of a list: `$in`, `$nin`, `$all`, `$and`, `$or`, `$nor`, an array that a field is compared with. */
export const MAX_LIST = 1000;
/** Leaves of the tree; one in `$elemMatch` counts for each way in which the path of that may be read. */
export const MAX_CONDITIONS = 200;
/** Values, lists and objects in all lists and objects that fields are compared with: each is a test of its own. */
export const MAX_PARTS = 2000;
/** PostgreSQL keeps 32 compiled patterns, and compiles others again for each row. */
export const MAX_PATTERNS = 16;
/** See `Pattern`: sums over all patterns of a filter. */
const MAX_PATTERN_SIZE = 1000;
const MAX_PATTERN_SKIPPABLE = 100;

/** Beyond these the caller has enough to mend. */
const MAX_ERRORS = 20;
/** A key is repeated in messages only so far. */
const SHOWN_CHARACTERS = 60;

/** What has been read of a filter so far. */
export interface Parsing {
  readonly errors: QueryError[];
  conditions: number;
  parts: number;
  patterns: number;
  patternSize: number;
  patternSkippable: number;
}

export function startParsing(): Parsing {
  return { errors: [], conditions: 0, parts: 0, patterns: 0, patternSize: 0, patternSkippable: 0 };
}

/** Where the parser stands: `path` in the input, `depth` in levels, `weight` in conditions that one counts for. */
export interface Place {
  readonly path: string;
  readonly depth: number;
  readonly weight: number;
}

export function addError(parsing: Parsing, path: string, message: string): void {
  if (parsing.errors.length < MAX_ERRORS) parsing.errors.push({ path, message });
}

/** After a fault something must stand in the tree; the tree is never returned then. */
const nothing: Filter = { kind: 'all', parts: [] };

export function refuse(parsing: Parsing, path: string, message: string): Filter {
  addError(parsing, path, message);
  return nothing;
}

function shown(key: string): string {
  const whole = key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key;
  return whole.toWellFormed().replaceAll('\u0000', '\\u0000');
}

/** The place of a member of the object at `place`. */
export function at(place: Place, key: string): Place {
  return { ...place, path: place.path === '' ? shown(key) : `${place.path}.${shown(key)}` };
}

export function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

/** Stops the walk soon after a bound is passed, so that a filter of a million members costs no more than one of 200. */
export function tooMany(parsing: Parsing): boolean {
  return (
    parsing.conditions > MAX_CONDITIONS || parsing.parts > MAX_PARTS || parsing.errors.length >= MAX_ERRORS
  );
}

/** Adds what the sums over the whole filter have beyond their bounds. */
export function checkSums(parsing: Parsing): void {
  const expectAtMost = (most: number, found: number, what: string): void => {
    if (found > most) addError(parsing, '', `expected at most ${most} ${what}, found ${found}`);
  };
  expectAtMost(MAX_CONDITIONS, parsing.conditions, 'conditions');
  expectAtMost(MAX_PARTS, parsing.parts, 'values in lists and objects to compare with');
  expectAtMost(MAX_PATTERNS, parsing.patterns, 'patterns');
  expectAtMost(MAX_PATTERN_SIZE, parsing.patternSize, 'characters in patterns with repetitions written out');
  const optional = 'of them in what may be left out, as by *, ? or {0,9}';
  expectAtMost(MAX_PATTERN_SKIPPABLE, parsing.patternSkippable, `characters in patterns ${optional}`);
}

export function allOf(parts: readonly Filter[]): Filter {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind: 'all', parts };
}

/** Whether the object is of operators. `{"$date": …}` is a value. */
export function hasOperator(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).some((key) => key.startsWith('$') && key !== '$date');
}
