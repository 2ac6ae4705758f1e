import {
  addCaseForms,
  type CharacterRange,
  type CharacterSet,
  complement,
  DIGITS,
  joinRanges,
  printSet,
  SPACES,
  WORD,
} from './character-set.ts';
import { type PatternCursor, peek, refusePattern, take, takeIf } from './pattern-cursor.ts';

const classEscapes: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACES,
  S: complement(SPACES),
};

const controlEscapes: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, f: 0x0c, r: 0x0d };

/** PostgreSQL has word boundaries too, but its words depend on the locale. */
const inWord = printSet(WORD);
const boundary = `(?:(?<=${inWord})(?!${inWord})|(?<!${inWord})(?=${inWord}))`;
const noBoundary = `(?:(?<=${inWord})(?=${inWord})|(?<!${inWord})(?!${inWord}))`;

/** One character as PostgreSQL spells it; in all its forms when the case is ignored. */
export function printLiteral(cursor: PatternCursor, code: number): string {
  const set: CharacterSet = [[code, code]];
  return printSet(cursor.ignoresCase ? addCaseForms(set) : set);
}

/** What follows a backslash outside of `[…]`. */
export function parseEscape(cursor: PatternCursor): { readonly text: string; readonly isAnchor: boolean } {
  const character = peek(cursor);
  if (character === 'b' || character === 'B') {
    take(cursor);
    cursor.wordBoundaries += 1;
    return { text: character === 'b' ? boundary : noBoundary, isAnchor: true };
  }
  const escaped = parseCharacterEscape(cursor);
  const text = typeof escaped === 'number' ? printLiteral(cursor, escaped) : printSet(escaped);
  return { text, isAnchor: false };
}

/** @returns a code point, or the set that `\d` and its like stand for. */
function parseCharacterEscape(cursor: PatternCursor): number | CharacterSet {
  const character = take(cursor);
  if (character === undefined) return refuseEscape(cursor, 'a \\ at its end');
  if (Object.hasOwn(classEscapes, character)) return classEscapes[character] ?? [];
  if (Object.hasOwn(controlEscapes, character)) return controlEscapes[character] ?? 0;
  if (character === 'x') return parseHex(cursor, 2);
  if (character === 'u') return parseHex(cursor, 4);
  if (/^[1-9]$/.test(character) || character === 'k' || character === 'g') {
    return refuseEscape(cursor, `a back-reference \\${character}`);
  }
  if (/^[\p{L}\p{N}\p{M}_]$/u.test(character)) return refuseEscape(cursor, `the escape \\${character}`);
  return character.codePointAt(0) ?? 0;
}

function refuseEscape(cursor: PatternCursor, construct: string): number {
  refusePattern(cursor, construct);
  return 0;
}

function parseHex(cursor: PatternCursor, digits: number): number {
  const text = cursor.characters.slice(cursor.next, cursor.next + digits).join('');
  const code = /^[\da-fA-F]+$/.test(text) && text.length === digits ? Number.parseInt(text, 16) : 0;
  // Half of a surrogate pair and NUL are in no stored text.
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) {
    return refuseEscape(cursor, `\\${digits === 2 ? 'x' : 'u'} without ${digits} digits of a character`);
  }
  cursor.next += digits;
  return code;
}

/** What follows `[`, to the `]`. @returns PostgreSQL's spelling. */
export function parseClass(cursor: PatternCursor): string {
  const isNegated = takeIf(cursor, '^');
  const literals: CharacterRange[] = [];
  const escapes: CharacterRange[] = [];
  if (peek(cursor) === ']') refusePattern(cursor, 'a class that begins with ]; write \\]');
  while (!takeIf(cursor, ']')) {
    const first = parseMember(cursor);
    if (cursor.fault !== undefined) return '';
    if (typeof first !== 'number') {
      escapes.push(...first);
      if (peek(cursor) === '-' && cursor.characters[cursor.next + 1] !== ']') {
        refusePattern(cursor, 'a range that begins with a class');
      }
      continue;
    }
    const isRange = peek(cursor) === '-' && cursor.characters[cursor.next + 1] !== ']';
    if (isRange) take(cursor);
    const last = isRange ? parseMember(cursor) : first;
    if (typeof last !== 'number') refusePattern(cursor, 'a range that ends with a class');
    else if (last < first) refusePattern(cursor, 'a range that ends before it begins');
    else literals.push([first, last]);
  }
  const set = joinRanges(literals);
  const members = cursor.ignoresCase ? addCaseForms(set) : set;
  const all = joinRanges([...members, ...escapes]);
  const meant = isNegated ? complement(all) : all;
  if (meant.length === 0) refusePattern(cursor, 'a class without a character');
  return printSet(meant);
}

function parseMember(cursor: PatternCursor): number | CharacterSet {
  const character = take(cursor);
  if (character === undefined) return refuseEscape(cursor, 'a [ without its ]');
  if (character === '\\') {
    if (peek(cursor) === 'b') return refuseEscape(cursor, 'the escape \\b inside […]');
    return parseCharacterEscape(cursor);
  }
  const next = peek(cursor);
  if (character === '[' && (next === ':' || next === '.' || next === '=')) {
    return refuseEscape(cursor, `a class such as [${next}…${next}]`);
  }
  return character.codePointAt(0) ?? 0;
}
