/** Code points from `first` to `last`, both included. */
export type CharacterRange = readonly [first: number, last: number];
/** In ascending order, apart from one another. */
export type CharacterSet = readonly CharacterRange[];

const LAST_CODE_POINT = 0x10ffff;
/** Beyond the last letter that has a case, so that pairing looks no further. */
const LAST_CASED = 0x1ffff;

/** As in PCRE without its Unicode option, which MongoDB does not set: ASCII only. */
export const DIGITS: CharacterSet = [[0x30, 0x39]];
export const WORD: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
export const SPACES: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];

export function joinRanges(ranges: readonly CharacterRange[]): CharacterSet {
  const joined: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((left, right) => left[0] - right[0])) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** All characters that are not in the set; NUL is none, since nothing stored holds it. */
export function complement(set: CharacterSet): CharacterSet {
  const outside: CharacterRange[] = [];
  let next = 1;
  for (const [first, last] of set) {
    if (first > next) outside.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST_CODE_POINT) outside.push([next, LAST_CODE_POINT]);
  return outside;
}

/** What `upper` and `lower` make of a character when that is one character, else the character itself. */
function mapped(character: string, mapping: (text: string) => string): string {
  const result = mapping(character);
  return [...result].length === 1 ? result : character;
}

/** The Turkish dotless i is no form of i. */
const DOTLESS_I = 0x131;

function foldedCase(code: number): string {
  const character = String.fromCodePoint(code);
  const upper = code === DOTLESS_I ? character : mapped(character, (text) => text.toUpperCase());
  return mapped(upper, (text) => text.toLowerCase());
}

let caseForms: ReadonlyMap<number, readonly number[]> | undefined;

/** Every letter that has other forms, with all of its forms. Takes some 50 ms once. */
function loadCaseForms(): ReadonlyMap<number, readonly number[]> {
  const byFolded = new Map<string, number[]>();
  for (let code = 0; code <= LAST_CASED; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const folded = foldedCase(code);
    const forms = byFolded.get(folded);
    if (forms === undefined) byFolded.set(folded, [code]);
    else forms.push(code);
  }
  const groups = [...byFolded.values()].filter((forms) => forms.length > 1);
  return new Map(groups.flatMap((forms) => forms.map((code) => [code, forms])));
}

/** The set with all forms of its letters. PostgreSQL's own folding depends on the locale of the database. */
export function addCaseForms(set: CharacterSet): CharacterSet {
  caseForms ??= loadCaseForms();
  const forms = caseForms;
  const [single] = set;
  const added: CharacterRange[] = [];
  const add = (code: number): void => {
    for (const form of forms.get(code) ?? []) added.push([form, form]);
  };
  if (set.length === 1 && single !== undefined && single[0] === single[1]) add(single[0]);
  else {
    for (const code of forms.keys()) {
      if (set.some(([first, last]) => code >= first && code <= last)) add(code);
    }
  }
  return joinRanges([...set, ...added]);
}

/** In PostgreSQL's spelling; a letter or digit as itself, any other character by its code. */
function printCharacter(code: number): string {
  const character = String.fromCodePoint(code);
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** A bracket expression, or a character alone. The set must not be empty. */
export function printSet(set: CharacterSet): string {
  const [single] = set;
  if (set.length === 1 && single !== undefined && single[0] === single[1]) return printCharacter(single[0]);
  const ranges = set.map(([first, last]) =>
    first === last ? printCharacter(first) : `${printCharacter(first)}-${printCharacter(last)}`,
  );
  return `[${ranges.join('')}]`;
}
