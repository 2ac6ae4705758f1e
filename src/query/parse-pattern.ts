import { failure, type Outcome, success, textFault } from '../base/index.ts';
import { complement, printSet } from './character-set.ts';
import { parseClass, parseEscape, printLiteral } from './pattern-characters.ts';
import { type PatternCursor, peek, refusePattern, take, takeIf } from './pattern-cursor.ts';

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 500;
/** PostgreSQL's own limit is 255. */
const MAX_REPETITIONS = 250;
const MAX_GROUP_DEPTH = 16;
/** Each is looked for at every character, by an automaton of its own. */
const MAX_WORD_BOUNDARIES = 4;

/** A pattern in PostgreSQL's spelling, and what it costs there. */
export interface Pattern {
  readonly text: string;
  readonly multiline: boolean;
  /** Characters when repetitions are written out: `(ab){3}` has 6. The automaton has as many states. */
  readonly size: number;
  /**
   * How many of these can be skipped: `a?b*` has 2, `(ab){1,3}` has 4. Building the automaton costs the cube of it:
   * `((a?){30}){30}` took PostgreSQL 85 s.
   */
  readonly skippable: number;
}

interface Part {
  readonly text: string;
  readonly size: number;
  readonly skippable: number;
  /** Whether it matches an empty text, so that all of it can be skipped. */
  readonly isNullable: boolean;
  readonly hasAnchor: boolean;
}

const EMPTY: Part = { text: '', size: 0, skippable: 0, isNullable: true, hasAnchor: false };

/**
 * Reads a regular expression of the part that PCRE and JavaScript share, and prints it so that PostgreSQL, whatever its
 * locale, understands the same; refuses any other by the name of the construct.
 * @param options of MongoDB: letters of `imsx`.
 */
export function parsePattern(source: string, options: string): Outcome<Pattern, string> {
  if (!/^[imsx]*$/.test(options)) return failure('expected options out of the letters i, m, s, x');
  if (source.length > MAX_PATTERN_LENGTH) {
    return failure(`expected a pattern of at most ${MAX_PATTERN_LENGTH} characters`);
  }
  const unstorable = textFault(source);
  if (unstorable !== undefined) return failure(`the pattern ${unstorable}`);
  const cursor: PatternCursor = {
    characters: [...source],
    next: 0,
    ignoresCase: options.includes('i'),
    dotIsAny: options.includes('s'),
    isExtended: options.includes('x'),
    wordBoundaries: 0,
    fault: undefined,
  };
  const part = parseAlternatives(cursor, 0);
  if (peek(cursor) !== undefined) refusePattern(cursor, 'a ) without its (');
  if (cursor.wordBoundaries > MAX_WORD_BOUNDARIES) {
    refusePattern(cursor, `more than ${MAX_WORD_BOUNDARIES} of \\b and \\B`);
  }
  if (cursor.fault !== undefined) return failure(cursor.fault);
  const { text, size, skippable } = part;
  return success({ text, multiline: options.includes('m'), size, skippable });
}

function parseAlternatives(cursor: PatternCursor, depth: number): Part {
  const branches = [parseBranch(cursor, depth)];
  while (takeIf(cursor, '|')) branches.push(parseBranch(cursor, depth));
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) return only;
  const size = sum(branches.map((branch) => branch.size));
  const isNullable = branches.some((branch) => branch.isNullable);
  return {
    text: branches.map(({ text }) => text).join('|'),
    size,
    skippable: isNullable ? size : sum(branches.map((branch) => branch.skippable)),
    isNullable,
    hasAnchor: branches.some((branch) => branch.hasAnchor),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function parseBranch(cursor: PatternCursor, depth: number): Part {
  const parts: Part[] = [];
  for (;;) {
    skipExtended(cursor);
    const next = peek(cursor);
    if (next === undefined || next === '|' || next === ')') break;
    parts.push(parseQuantifier(cursor, parseAtom(cursor, depth)));
  }
  return {
    text: parts.map(({ text }) => text).join(''),
    size: sum(parts.map((part) => part.size)),
    skippable: sum(parts.map((part) => part.skippable)),
    isNullable: parts.every((part) => part.isNullable),
    hasAnchor: parts.some((part) => part.hasAnchor),
  };
}

/** With option `x`, white space and comments mean nothing outside of `[…]`. */
function skipExtended(cursor: PatternCursor): void {
  while (cursor.isExtended) {
    const next = peek(cursor);
    if (next === '#') while (peek(cursor) !== undefined && take(cursor) !== '\n');
    else if (next !== undefined && /^[ \t-\r]$/.test(next)) take(cursor);
    else return;
  }
}

function single(text: string): Part {
  return { text, size: 1, skippable: 0, isNullable: false, hasAnchor: false };
}

function anchor(text: string): Part {
  return { text, size: 1, skippable: 0, isNullable: true, hasAnchor: true };
}

function parseAtom(cursor: PatternCursor, depth: number): Part {
  const character = take(cursor);
  switch (character) {
    case '(':
      return parseGroup(cursor, depth + 1);
    case '[':
      return single(parseClass(cursor));
    case '.':
      return single(cursor.dotIsAny ? '.' : printSet(complement([[0x0a, 0x0a]])));
    case '^':
    case '$':
      return anchor(character);
    case '*':
    case '+':
    case '?':
      return refused(cursor, `a ${character} with nothing to repeat`);
    case '{':
      return refused(cursor, 'a { that begins no repetition such as {2,5}; write \\{');
    case '\\': {
      const escaped = parseEscape(cursor);
      return escaped.isAnchor ? anchor(escaped.text) : single(escaped.text);
    }
    default:
      return single(printLiteral(cursor, character?.codePointAt(0) ?? 0));
  }
}

function refused(cursor: PatternCursor, construct: string): Part {
  refusePattern(cursor, construct);
  return EMPTY;
}

/** By what follows `(?`, longest first. */
const groupNames: readonly [start: string, name: string][] = [
  ['<=', 'a look-behind (?<=…)'],
  ['<!', 'a look-behind (?<!…)'],
  ['=', 'a look-ahead (?=…)'],
  ['!', 'a look-ahead (?!…)'],
  ['<', 'a named group'],
  ['P', 'a named group'],
  ["'", 'a named group'],
  ['>', 'an atomic group (?>…)'],
  ['#', 'a comment (?#…)'],
  ['(', 'a conditional group'],
  ['|', 'a branch reset group'],
  ['R', 'a recursion'],
  ['&', 'a recursion'],
];

function parseGroup(cursor: PatternCursor, depth: number): Part {
  if (depth > MAX_GROUP_DEPTH) return refused(cursor, `groups nested deeper than ${MAX_GROUP_DEPTH}`);
  if (peek(cursor) === '*') return refused(cursor, 'a verb (*…)');
  if (takeIf(cursor, '?') && !takeIf(cursor, ':')) {
    const start = cursor.characters.slice(cursor.next, cursor.next + 2).join('');
    const [, name = 'an option in the pattern; use $options'] =
      groupNames.find(([prefix]) => start.startsWith(prefix)) ?? [];
    return refused(cursor, name);
  }
  const inner = parseAlternatives(cursor, depth);
  if (!takeIf(cursor, ')')) return refused(cursor, 'a ( without its )');
  // Nothing asks what a group held; one that captures would cost PostgreSQL its quicker way.
  return { ...inner, text: `(?:${inner.text})` };
}

/** At least and at most so many times. */
type Repetition = readonly [least: number, most: number];

function parseQuantifier(cursor: PatternCursor, part: Part): Part {
  skipExtended(cursor);
  const repetition = takeRepetition(cursor);
  if (repetition === undefined) return part;
  const [least, most] = repetition;
  if (part.hasAnchor) return refused(cursor, 'a repetition of ^, $, \\b or \\B');
  if (least > most) return refused(cursor, `a repetition of at least ${least} and at most ${most}`);
  if (least > MAX_REPETITIONS || (most > MAX_REPETITIONS && most !== Infinity)) {
    return refused(cursor, `a repetition of more than ${MAX_REPETITIONS}`);
  }
  // Which of the possible matches is found, the longest or the shortest, is not asked.
  takeIf(cursor, '?');
  if (peek(cursor) === '+') return refused(cursor, 'a possessive repetition');
  const copies = most === Infinity ? Math.max(least, 1) : most;
  const size = part.size * copies;
  const isNullable = part.isNullable || least === 0;
  const skippable = isNullable ? size : part.skippable * least + part.size * (copies - least);
  const bounds = least === most ? `${least}` : `${least},${most === Infinity ? '' : most}`;
  return { text: `${part.text}{${bounds}}`, size, skippable, isNullable, hasAnchor: false };
}

function takeRepetition(cursor: PatternCursor): Repetition | undefined {
  if (takeIf(cursor, '*')) return [0, Infinity];
  if (takeIf(cursor, '+')) return [1, Infinity];
  if (takeIf(cursor, '?')) return [0, 1];
  if (peek(cursor) !== '{') return undefined;
  const text = cursor.characters.slice(cursor.next, cursor.next + 20).join('');
  const [whole, least = '', comma, most = ''] = /^\{(\d{1,8})(,)?(\d{1,8})?\}/.exec(text) ?? [];
  if (whole === undefined || (comma === undefined && most !== '')) return undefined;
  cursor.next += whole.length;
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === '' ? Infinity : Number(most)];
}
