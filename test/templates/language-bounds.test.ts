import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import {
  type Landing,
  parseTemplate,
  renderTemplate,
  type TemplateScope,
} from '../../src/templates/index.ts';
import { renderSource, surroundings } from './parse-source.ts';

const scope: TemplateScope = {
  lead: null,
  subscription: null,
  apicontent: { list: [1] },
  subscriptions: [{ channel: 'sms', priority: 0, x: 'y' }],
  ...surroundings,
};

function render(source: string, landing: Landing = 'text', given: TemplateScope = scope): string {
  return renderSource(source, landing, given);
}

test('loops, output and work are bounded, and what is left is cut off', { timeout: 120_000 }, () => {
  const many: JsonValue = Array.from({ length: 2_000 }, (_, index) => index);
  const long = 'y'.repeat(1_000_000);
  let nested: JsonValue = 1;
  for (let level = 0; level < 100_000; level += 1) nested = [nested];
  const given = {
    ...scope,
    apicontent: { many, long, nested, wide: Array.from({ length: 200_000 }, () => ({ a: 1 })) },
  };
  const loops = (body: string): string =>
    `{for a in apicontent.many}{for b in apicontent.many}{for c in apicontent.many}${body}{end}{end}{end}`;
  assert.equal(render(loops('x'), 'text', given).length, 1_000_000 - 500 - 1);
  const bodies = [
    '{apicontent.long}',
    '{apicontent.long | upper}',
    '{apicontent.long | length}',
    '{if apicontent.long contains "z"}{end}',
    '{now | date "yyyy"}',
    '{apicontent.wide}',
    '{apicontent.wide | json | json | json | json}',
    '{if apicontent.wide equal apicontent.wide}{end}',
    '{if 5 in apicontent.wide}{end}',
    '{apicontent.wide | join "x" | title}',
    '{apicontent.nested}',
    '{if apicontent.nested equal apicontent.nested}!{end}',
    '{apicontent.many | length}',
    '{apicontent.long | plus 1 | number 2 | currency "RUB"}',
    '{if apicontent.nested in apicontent.wide}{end}',
    '{apicontent.long | truncate 5}',
    '{for k v in apicontent.wide}{for l w in v}{end}{end}',
    '{apicontent.wide | default 1 | json | trim | capitalize | lower}',
  ];
  for (const body of bodies) {
    const rendered = render(loops(`${body}!`), 'html', given);
    assert.ok(rendered.length <= 16_777_216, body);
  }
  const huge = { ...scope, lead: { x: '\u0001'.repeat(20_000_000), y: 'ab'.repeat(8_000_000) } };
  for (const filter of [
    'upper',
    'title',
    'capitalize',
    'json',
    'trim',
    'length',
    'truncate 9',
    'join ""',
    'json | json | json',
  ]) {
    for (const landing of ['json', 'html'] as const) {
      assert.ok(render(`"{lead.x | ${filter}}"`, landing, huge).length <= 16_777_216);
      assert.ok(render(`"{lead.y | ${filter}}"`, landing, huge).length <= 16_777_216);
    }
    assert.ok(
      render(`<script>{lead.y | ${filter}}</script><a href="{lead.y}" style="{lead.y}">`, 'html', huge)
        .length <= 16_777_216,
    );
  }
});

const expressionPiece = fc.constantFrom(
  ...[
    'lead.x',
    'lead.y',
    'lead.x.0',
    '"a"',
    '""',
    '5',
    'true',
    'apicontent',
    '(lead.x)',
    'now',
    'subscription_field("sms" lead.x)',
    '(lead.x and lead.y)',
  ],
);
const filterPiece = fc.constantFrom(
  ...[
    '',
    '',
    ' | upper',
    ' | default "d"',
    ' | date "yyyy-MM-dd EEEE ZZZZ"',
    ' | number 2',
    ' | currency "EUR" "de"',
    ' | join lead',
    ' | length',
    ' | json',
  ],
  ...[
    ' | plus lead.y',
    ' | times 3',
    ' | round 2',
    ' | plural "a" "b" "c"',
    ' | title',
    ' | capitalize',
    ' | truncate 3',
    ' | trim',
    ' | minus 1e',
  ],
);
const operatorPiece = fc.constantFrom(
  'equal',
  'not_equal',
  'contains',
  'in',
  'gt',
  'lt',
  'gte',
  'lte',
  'and',
  'or',
);
const anyPart = fc.oneof(
  fc
    .tuple(fc.constantFrom('lead.x', 'lead.y.a', 'now', 'unsubscribe'), filterPiece)
    .map(([value, filter]) => `{${value}${filter}}`),
  fc
    .tuple(expressionPiece, filterPiece, operatorPiece, expressionPiece)
    .map(
      ([left, filter, operator, right]) => `{if ${left}${filter} ${operator} ${right}}{lead.x}{else}b{end}`,
    ),
  fc
    .tuple(expressionPiece, filterPiece)
    .map(([list, filter]) => `{for k v in ${list}${filter}}{k}{v}{v.a}{loop.last}{end}`),
  fc.constantFrom('text', '"', '<b>', ' '),
);
const anyValue = fc.oneof(
  fc.jsonValue({ noUnicodeString: false }).map((value) => parseJson(JSON.stringify(value))),
  fc.constantFrom(
    '2026-01-01',
    '1e999',
    '5',
    -0,
    1e308,
    5e-324,
    '٣',
    'ß',
    'İ',
    [{ a: [1] }],
    8.64e15,
    '9999-99-99',
  ),
);

test('any template of the language with any values is rendered, and in JSON strings stays JSON', () => {
  let parsed = 0;
  fc.assert(
    fc.property(
      fc.array(anyPart, { maxLength: 6 }),
      anyValue,
      anyValue,
      fc.constantFrom('ru', 'en', 'tr', 'xx-yy', '??', ''),
      (parts, x, y, locale) => {
        const given = { ...scope, lead: { x, y }, locale };
        for (const landing of ['text', 'url', 'header', 'html', 'json'] as const) {
          const source =
            landing === 'json' ? `{"a":"${parts.join('').replaceAll('>"', '>')}"}` : parts.join('');
          const outcome = parseTemplate(source, landing);
          if (!outcome.ok) continue;
          parsed += 1;
          const rendered = renderTemplate(outcome.value, given);
          if (landing === 'header') assert.doesNotMatch(rendered, /[\r\n\0]/);
          if (landing === 'json' && !parts.includes('"')) parseJson(rendered);
        }
      },
    ),
    { numRuns: 4000 },
  );
  assert.ok(parsed > 2000, `only ${parsed} could be parsed`);
});

test('a list made in a loop is valid JSON with any values', () => {
  const source =
    '{"list":[{for k v in lead.x}{if v}{"k":"{k}","v":{v},"s":"<{v}>"}{else}{v | json}{end}{if not loop.last},{end}{end}]}';
  const entry = fc.dictionary(fc.string({ unit: 'binary' }), anyValue);
  fc.assert(
    fc.property(fc.oneof(entry, fc.array(anyValue)), (values) => {
      const x = parseJson(JSON.stringify(values));
      const result: JsonValue = parseJson(
        render(source, 'json', { ...scope, lead: { x } satisfies JsonObject }),
      );
      const list =
        typeof result === 'object' && result !== null && !Array.isArray(result) ? result['list'] : undefined;
      assert.ok(Array.isArray(list));
      assert.equal(list.length, Object.keys(values).length);
    }),
    { numRuns: 1000 },
  );
});

type Tree =
  | { readonly text: string; readonly holds: boolean }
  | { readonly word: 'and' | 'or'; readonly operands: readonly Tree[] }
  | { readonly not: Tree };

function write(tree: Tree): string {
  if ('text' in tree) return tree.text;
  if ('not' in tree) return `not (${write(tree.not)})`;
  return tree.operands.map((operand) => `(${write(operand)})`).join(` ${tree.word} `);
}

function judge(tree: Tree): boolean {
  if ('text' in tree) return tree.holds;
  if ('not' in tree) return !judge(tree.not);
  const all = tree.operands.map(judge);
  return tree.word === 'and' ? !all.includes(false) : all.includes(true);
}

const number = fc.integer({ min: -3, max: 3 });
const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc
    .tuple(number, number)
    .chain(([a, b]) =>
      fc.constantFrom(
        { text: `${a} gt ${b}`, holds: a > b },
        { text: `${a} lt "${b}"`, holds: a < b },
        { text: `${a} gte ${b}`, holds: a >= b },
        { text: `${a} lte ${b}`, holds: a <= b },
        { text: `${a} equal ${b}`, holds: a === b },
        { text: `${a} not_equal ${b}`, holds: a !== b },
        { text: `${a} in (${b} 0)`, holds: a === b || a === 0 },
        { text: `"x${a}y" contains "${b}"`, holds: `x${a}y`.includes(String(b)) },
      ),
    ),
  fc.constantFrom(
    { text: 'lead.x', holds: false },
    { text: 'apicontent.list', holds: true },
    { text: 'false', holds: false },
  ),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    leaf,
    fc.record({
      word: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ not: tie('tree') }),
  ),
}));

test('conditions hold as an independent evaluator says', () => {
  fc.assert(
    fc.property(tree, (condition) => {
      assert.equal(render(`{if ${write(condition)}}yes{else}no{end}`), judge(condition) ? 'yes' : 'no');
    }),
    { numRuns: 3000 },
  );
});
