import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { filterSql, MAX_PATTERN_LENGTH, parseFilter } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { parseAccepted } from './pass-filter.ts';

const RUNS = 1000;

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

/** Which of the texts the pattern finds, as PostgreSQL says. */
async function find(pattern: string, options: string, texts: readonly string[]): Promise<boolean[]> {
  const filter = parseAccepted({ a: { $regex: pattern, $options: options } });
  const { rows } = await sql<{ found: boolean }>`
    select ${filterSql(filter, sql`jsonb_build_object('a', t.text)`)} as found
      from unnest(${texts}::text[]) with ordinality as t(text, ord)
     order by ord`.execute(database.db);
  return rows.map(({ found }) => found);
}

function refusal(pattern: string, options = ''): string {
  const parsed = parseFilter({ a: { $regex: pattern, $options: options } });
  return parsed.ok ? 'taken' : parsed.error.map(({ path, message }) => `${path} ${message}`).join('; ');
}

const refused: readonly [pattern: string, construct: RegExp][] = [
  ['a(?=b)', /a look-ahead \(\?=…\), near character 3$/],
  ['a(?!b)', /a look-ahead/],
  ['(?<=a)b', /a look-behind/],
  ['(?<!a)b', /a look-behind/],
  ['(?<n>a)', /a named group/],
  ['(?P<n>a)', /a named group/],
  ["(?'n'a)", /a named group/],
  ['(?>a)', /an atomic group/],
  ['(?#a)', /a comment/],
  ['(?i)a', /an option in the pattern; use \$options/],
  ['(?R)', /a recursion/],
  ['(?(1)a)', /a conditional group/],
  ['(?|a)', /a branch reset group/],
  ['(*FAIL)', /a verb/],
  ['(a)\\1', /a back-reference \\1/],
  ['\\k<n>', /a back-reference \\k/],
  ['\\g1', /a back-reference \\g/],
  ['\\p{L}', /the escape \\p/],
  ['\\Aa', /the escape \\A/],
  ['\\z', /the escape \\z/],
  ['\\v', /the escape \\v/],
  ['\\0', /the escape \\0/],
  ['[\\b]', /the escape \\b inside/],
  ['\\x4', /\\x without 2 digits/],
  ['\\u00', /\\u without 4 digits/],
  ['\\ud83d', /\\u without 4 digits of a character/],
  ['a\\', /a \\ at its end/],
  ['(a', /a \( without its \)/],
  ['a)', /a \) without its \(/],
  ['[a', /a \[ without its \]/],
  ['[]', /a class that begins with \]/],
  ['[^]a]', /a class that begins with \]/],
  ['[^\\d\\D]', /a class without a character/],
  ['[z-a]', /a range that ends before it begins/],
  ['[a-\\d]', /a range that ends with a class/],
  ['[\\d-z]', /a range that begins with a class/],
  ['[[:alpha:]]', /a class such as \[:…:\]/],
  ['*a', /a \* with nothing to repeat/],
  ['a**', /a \* with nothing to repeat/],
  ['a++', /a possessive repetition/],
  ['a{,3}', /a \{ that begins no repetition/],
  ['{', /a \{ that begins no repetition/],
  ['a{3,2}', /a repetition of at least 3 and at most 2/],
  ['a{251}', /a repetition of more than 250/],
  ['a{0,99999}', /a repetition of more than 250/],
  ['(^a)*', /a repetition of \^/],
  ['$+', /a repetition of \^/],
  ['\\b{2}', /a repetition of \^/],
  ['\\b\\b\\b\\b\\b', /more than 4 of \\b and \\B/],
  [`${'('.repeat(17)}a${')'.repeat(17)}`, /groups nested deeper than 16/],
  ['a\u0000', /NUL/],
  ['a\ud800', /surrogate/],
  ['a'.repeat(MAX_PATTERN_LENGTH + 1), /at most 500 characters/],
  ['(a{250}){5}', /at most 1000 characters in patterns with repetitions written out, found 1250/],
  ['((a?){30}){30}', /at most 100 .*left out.* found 900/],
  ['(|a){200}', /at most 100 .*left out.* found 200/],
];

test('a pattern beyond the common part of the dialects is refused by the name of the construct', () => {
  for (const [pattern, construct] of refused) {
    assert.match(refusal(pattern), construct, pattern);
    assert.match(refusal(pattern), /^(a\.\$regex| expected)/, pattern);
  }
  assert.match(refusal('a', 'g'), /expected options out of the letters i, m, s, x/);
});

const texts = [
  ...['', 'a', 'b', 'ab', 'aB', 'ba', 'aab', 'abab', 'a-b', 'a b', 'a\nb', '\n', 'a_1', '1', '12'],
  ...[
    '{',
    ']',
    '}',
    'Ж',
    'ж',
    'ё',
    'Ё',
    'ß',
    'ẞ',
    'K',
    'k',
    'İ',
    'ı',
    'i',
    'ς',
    'σ',
    'Σ',
    '😀',
    'a😀',
    '\\',
    '^',
    '.',
    'é',
  ],
];
/** Forms of s and k, which JavaScript with both of its flags takes for letters of words, and PCRE does not. */
const textsOfOddForms = ['ſ', '\u212a'];

/** As one text each, so that they are easier to read. */
const characters = String.raw`a b 1 - ж Ё ß k s σ i 😀 \. \\ \{ \n \x61 \u0436 \] \}`.split(' ');
const classes = String.raw`. \d \D \w \W \s \S [ab] [^a] [а-я] [^а-яё] [A-Z\d_-] [-a] [a-c-] [\s\S] [^\w] [\]\\^] [😀-😂] [.*+?] [\x01-\x7f]`;
const repetitions = ['', '', '', ...'* + ? {2} {1,2} {0,3} {2,} *? +? ?? {1,2}? {0}'.split(' ')];

/** Patterns of the common part, on whose meaning for the texts PCRE and JavaScript agree. */
function patternsOf(depth: number): fc.Arbitrary<string> {
  const simple = [fc.constantFrom(' ', '\n', ...characters), fc.constantFrom(...classes.split(' '))];
  const group = (start: string): fc.Arbitrary<string> =>
    alternatives(depth - 1).map((inner) => `${start}${inner})`);
  const atom = fc.oneof(...simple, ...(depth === 0 ? [] : [group('('), group('(?:')]));
  const piece = fc.tuple(atom, fc.constantFrom(...repetitions)).map((parts) => parts.join(''));
  const anchors = fc.constantFrom('^', '$', '\\b', '\\B');
  return fc
    .array(fc.oneof({ weight: 6, arbitrary: piece }, anchors), { maxLength: 4 })
    .map((pieces) => pieces.join(''));
}

function alternatives(depth: number): fc.Arbitrary<string> {
  return fc.array(patternsOf(depth), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'));
}

test('PostgreSQL finds what JavaScript finds', async () => {
  let taken = 0;
  let found = 0;
  const agree = async (pattern: string, options: string): Promise<void> => {
    if (refusal(pattern, options) !== 'taken') return;
    taken += 1;
    const judge = new RegExp(pattern, `u${options}`);
    const samples = options.includes('i') && /\\[wb]/i.test(pattern) ? texts : [...texts, ...textsOfOddForms];
    const expected = samples.map((text) => judge.test(text));
    found += expected.filter(Boolean).length;
    assert.deepEqual(await find(pattern, options, samples), expected);
  };
  const property = fc.asyncProperty(alternatives(2), fc.constantFrom('', '', 'i', 'm', 's', 'im'), agree);
  await fc.assert(property, { seed: 20_261_103, numRuns: RUNS });
  assert.ok(taken > 300 && found > taken, `${taken} taken`);
});

test('every letter has the forms that JavaScript gives it', async () => {
  const cased: string[] = [];
  for (let code = 1; code < 0x1ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if (character.toLowerCase() !== character.toUpperCase()) cased.push(character);
  }
  const property = fc.asyncProperty(fc.constantFrom(...cased), async (character) => {
    const near = [character.toUpperCase(), character.toLowerCase(), character.toUpperCase().toLowerCase()];
    const judge = new RegExp(`^${character}$`, 'iu');
    assert.deepEqual(
      await find(`^${character}$`, 'i', near),
      near.map((form) => judge.test(form)),
    );
    assert.deepEqual(
      await find(`^[^${character}]$`, 'i', near),
      near.map((form) => [...form].length === 1 && !judge.test(form)),
    );
  });
  await fc.assert(property, { seed: 20_261_104, numRuns: 300 });
});

test('any text is refused or understood by PostgreSQL', async () => {
  const pieces = fc.constantFrom(
    ...'( ) [ ] { } | \\ * + ? ^ $ . - , : = ! < 1 2 9 0 a b # d D w S b B x u é 😀'.split(' '),
    '\n',
    ' ',
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(pieces, { maxLength: 25 }).map((list) => list.join('')),
  );
  const property = fc.asyncProperty(
    any,
    fc.constantFrom('', 'i', 'x', 'msx', 'imsx'),
    async (pattern, options) => {
      if (refusal(pattern, options) === 'taken')
        assert.equal((await find(pattern, options, ['ab'])).length, 1);
    },
  );
  await fc.assert(property, { seed: 20_261_105, numRuns: RUNS });
});

test('what the bounds let through is cheap enough to build and to run', async () => {
  // Each took PostgreSQL seconds or failed it before there were bounds, in sizes not much larger than these.
  const heavy = [
    ['(a?){100}c', ''],
    ['((a?){10}){10}c', ''],
    ['([a-c]?[b-d]?[c-e]?){33}z', 'i'],
    ['((a*b*)*c*){33}z', ''],
    ['(a|b)*a(a|b){240}(a|b){240}c', ''],
    ['(.*){90}z', ''],
    ['((([a-z]+)+[0-9])+x){90}z', 'i'],
    ['\\b(a|b)\\b(b|a)\\B(a|b)\\B', ''],
    ['[^a][^b]{249}(\\w\\W){200}', 'i'],
  ] as const;
  const text = 'abbabaab'.repeat(500);
  for (const [pattern, options] of heavy)
    assert.deepEqual(await find(pattern, options, [text]), [false], pattern);
});
