import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFixed, parseTemplate, renderTemplate, usesOf } from '../../src/templates/index.ts';
import { faultsOf, parseSource } from './parse-source.ts';

const NO_SCOPE = { lead: null, subscription: null, apicontent: null };

test('variables are found with their paths', () => {
  const template = parseSource('Dear {lead._fname}, {apicontent.items.0.full-name}{subscription.status}!');
  const scope = {
    lead: { _fname: 'Ann' },
    subscription: { status: 'subscribed' },
    apicontent: { items: [{ 'full-name': 'Tea' }] },
  };
  assert.equal(renderTemplate(template, scope), 'Dear Ann, Teasubscribed!');
  assert.equal(renderTemplate(parseSource(''), scope), '');
});

for (const text of [
  '{"a": {"b": [1, {}]}}',
  '@media (x) { .lead.x { color: red } }',
  '{ lead.x }',
  '{lead}',
  '{leader.x}',
  '{Lead.x}',
  '{{}}}{{{',
  '{lead',
  '}lead.x{',
  '{if}',
  '{if(x){y()}}',
  'for(;;){for(a of b){c()}}',
  '{#a{b:c}}',
  '{foo("x")}',
  '{message}{now;}{unsubscribe()}{item}{item.x}{loop.index}{ end }{End}{else }',
  '\u0000{\ud800}\r\n',
]) {
  test(`is text: ${JSON.stringify(text)}`, () => {
    assertText(text);
  });
}

function assertText(text: string): void {
  const template = parseSource(text);
  assert.ok(isFixed(template));
  assert.equal(renderTemplate(template, NO_SCOPE), text);
}

test('a brace before a form is text', () => {
  assert.equal(renderTemplate(parseSource('{{lead.x}}'), { ...NO_SCOPE, lead: { x: 1 } }), '{1}');
});

const malformed: [source: string, line: number, column: number, message: RegExp][] = [
  ['{lead.}', 1, 1, /^\{lead\.: expected a name after the dot/],
  ['ab\n  {apicontent..x}', 2, 3, /^\{apicontent\.: expected a name/],
  ['{lead.x', 1, 1, /^\{lead\.x: expected \} before the end/],
  ['{lead.', 1, 1, /expected a name/],
  ['a\r\nb{lead.x y}', 2, 10, /^expected \} or \| and a filter, found y/],
  ['a{lead.x=1}', 1, 2, /^\{lead\.x: expected \} or a dot and a name, found "="/],
  ['{lead.x.}', 1, 1, /^\{lead\.x\.: expected a name or an array index/],
  ['{lead.0}', 1, 1, /expected a name/],
  ['{lead.имя}', 1, 1, /expected a name/],
  ['{lead.a.01}', 1, 1, /found "1"/],
  [`{lead.${'a.'.repeat(40)}a}`, 1, 1, /at most 32 names/],
  ['{subscription.x|uper}', 1, 17, /^there is no filter uper; there are default, upper,/],
  ['{lead.x | upper | raw}', 1, 1, /^raw works only in HTML/],
  ['{lead.x | default}', 1, 11, /^default: expected a value behind it/],
  ['{lead.x | date "d" "Mars/Base"}', 1, 11, /^date: expected a time zone/],
  ['{lead.x | currency "rub"}', 1, 11, /^currency: expected a currency/],
  ['{lead.x | number 2.5}', 1, 11, /^number: expected a whole number/],
  ['{lead.x | number 21}', 1, 11, /at most 20 digits/],
  ['{lead.x | default "a}', 1, 19, /not closed/],
  ['{lead.x | default "\\q"}', 1, 20, /expected \\" \\\\/],
  ['{subscription_field("sms")}', 1, 2, /expected subscription_field\("channel" "field"\)/],
  ['x\n{if lead.x}\ny', 2, 1, /^\{if\} has no \{end\}/],
  ['{for x in lead.y}', 1, 1, /^\{for\} has no \{end\}/],
  ['a{end}', 1, 2, /^\{end\} without/],
  ['{else}', 1, 1, /^\{else\} stands in no/],
  ['{elseif lead.x}', 1, 1, /^\{elseif\} stands in no/],
  ['{if lead.x}{else}{else}{end}', 1, 18, /second \{else\}/],
  ['{if lead.x}{else}{elseif lead.y}{end}', 1, 18, /behind \{else\}/],
  ['{for x in lead.y}{elseif lead.y}{end}', 1, 18, /^\{elseif\} stands in no/],
  ['{comment} {if x} {end}', 1, 1, /^\{comment\} has no/],
  ['{if name}{end}', 1, 5, /^unknown name name: expected lead\., subscription\./],
  ['{if lead.a\nand price gt 5}{end}', 2, 5, /^unknown name price/],
  ['{if lead.a and lead.b or lead.c}{end}', 1, 23, /put parentheses/],
  ['{if (lead.a}{end}', 1, 12, /^expected \), found \}/],
  ['{if lead.a equals "x"}{end}', 1, 12, /^expected \} or an operator, found equals/],
  ['{if lead.a equal}{end}', 1, 17, /^expected a value, found \}/],
  ['{if f(lead.a)}{end}', 1, 5, /^there is no function f/],
  ['{if lead.a | raw}{end}', 1, 14, /^raw works only where/],
  ['{for lead in lead.x}{end}', 1, 6, /^lead means something else/],
  ['{for a b c in lead.x}{end}', 1, 10, /^expected in/],
  ['{for x in lead.x}{for x in lead.y}{end}{end}', 1, 23, /loop variable here already/],
  ['{for x in lead.x}{loop.number}{end}', 1, 19, /^expected loop\.index, loop\.first/],
  [`${'{if lead.x}'.repeat(40)}`, 1, 353, /nested deeper than 32/],
  [`{if ${'('.repeat(40)}lead.x${')'.repeat(40)}}{end}`, 1, 37, /nested deeper than 32/],
  [`{if ${'not '.repeat(40)}lead.x}{end}`, 1, 133, /nested deeper than 32/],
];
for (const [source, line, column, message] of malformed) {
  test(`is refused with its place: ${JSON.stringify(source.slice(0, 40))}`, () => {
    const [fault, ...others] = faultsOf(source);
    assert.match(fault?.message ?? '', message);
    assert.deepEqual({ line: fault?.line, column: fault?.column }, { line, column });
    assert.deepEqual(others, []);
  });
}

test('every fault is told, up to 20', () => {
  assert.deepEqual(
    faultsOf('{lead.}\n{lead.ok}{lead.\n\n x{lead.y!}').map(({ line, column }) => [line, column]),
    [
      [1, 1],
      [2, 10],
      [4, 3],
    ],
  );
  assert.equal(faultsOf('{lead.}'.repeat(100)).length, 20);
});

test('a fault does not make faults of what follows it', () => {
  assert.deepEqual(
    faultsOf('{if lead.x equals "y"}a{else}{lead.x | uper}{end}{for if in lead.y}{lead.z}{end}').map(
      ({ column }) => column,
    ),
    [12, 40, 55],
  );
});

test('a template is frozen', () => {
  const template = parseSource('a{lead.x}');
  assert.ok(Object.isFrozen(template) && Object.isFrozen(usesOf(template)));
});

test('a template tells what it reads', () => {
  const uses = usesOf(
    parseSource('{if lead.x equal apicontent.y}{subscription_field("sms" "phone")}{unsubscribe}{end}'),
  );
  assert.deepEqual([...uses.roots], ['lead', 'apicontent']);
  assert.deepEqual(
    { ...uses, roots: [] },
    {
      roots: [],
      subscriptions: true,
      unsubscribe: true,
      globalUnsubscribe: false,
      now: false,
    },
  );
  assert.deepEqual(
    [...usesOf(parseSource('{message.text}{subscription.a}')).roots],
    ['subscription', 'message'],
  );
  assert.equal(usesOf(parseSource('{now}')).now, true);
  assert.equal(usesOf(parseSource('{globalunsubscribe}')).globalUnsubscribe, true);
  assert.equal(usesOf(parseSource('{comment}{lead.x}{end}')).roots.size, 0);
});

test('a template is fixed when nothing in it depends on the scope', () => {
  for (const source of ['', 'a', '{lb}', '{comment}x{end}', '{if 1 gt 2}a{else}b{end}']) {
    assert.ok(isFixed(parseSource(source)), source);
  }
  for (const source of ['{lead.x}', '{if lead.x}{end}', '{now}', '{if "a" | upper}{end}', '{unsubscribe}']) {
    assert.ok(!isFixed(parseSource(source)), source);
  }
});

test('a template that is too long is refused at once', () => {
  const [fault, ...others] = faultsOf('x'.repeat(1_048_577));
  assert.deepEqual({ line: fault?.line, column: fault?.column }, { line: 1, column: 1 });
  assert.match(fault?.message ?? '', /at most 1048576 characters, this one 1048577/);
  assert.deepEqual(others, []);
  assertText('x'.repeat(1_048_576));
});

/** What takes time by the square of its length takes many minutes here. */
test('a long text of anything is read quickly', { timeout: 60_000 }, () => {
  const units = [
    '{lead.x}',
    '{',
    '{lead.',
    '{lead.a.',
    '{lead.x | default "',
    '{if "\\',
    '{if (',
    '{if lead.x}{end}',
    '{if lead.x}',
    '{for x in lead.y}{x}{end}',
    '{comment}',
    '{comment}{end}',
    '{now ',
    '{else  ',
    '{for ',
    '{if lead.x and lead.y}{end}',
    ' ',
    '\n{lead.}',
    '<a href="',
    '<!--',
    '<script>"',
    '"',
    "'",
    '</script',
    '{if not ',
    'a.',
    '"\\',
    '{x',
    '| upper ',
    ' and lead.x',
  ];
  for (const unit of units) {
    for (const before of [
      '',
      '{if lead.x',
      '{lead.',
      '{lead.x | default "',
      '{if lead.x}',
      '{comment}',
      '<script>',
      '{for x in lead.y}',
    ]) {
      const source = (before + unit.repeat(131_072 / unit.length)).slice(0, 131_072);
      for (const landing of ['text', 'json', 'html'] as const) parseTemplate(source, landing);
    }
  }
});

const piece = fc.constantFrom(
  ...[
    '{',
    '}',
    'lead',
    'apicontent',
    '.',
    'x',
    '0',
    '"',
    '\\',
    '\n',
    ' ',
    '\ud800',
    '|',
    '(',
    ')',
    '{if ',
    '{else}',
    '{end}',
  ],
  ...[
    '{for x in lead.a}',
    '{elseif ',
    '{x.y}',
    'upper',
    'default',
    ' and ',
    ' or ',
    ' not ',
    ' in ',
    '{comment}',
    '<a ',
    '>',
  ],
  ...[
    '{lead.x}',
    '<script>',
    '</script>',
    '<!--',
    '-->',
    'href=',
    "'",
    '=',
    '/',
    '&',
    '{loop.index}',
    '{lead.x | raw}',
    '<',
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece).map((all) => all.join('')),
  fc.array(piece, { minLength: 20, maxLength: 200 }).map((all) => all.join('')),
);

test('any text is read without throwing, and what is read can be rendered', () => {
  const landings = ['text', 'json', 'url', 'header', 'html'] as const;
  fc.assert(
    fc.property(anyText, fc.constantFrom(...landings), (source, landing) => {
      const outcome = parseTemplate(source, landing);
      if (outcome.ok) {
        const scope = { lead: { x: '<b>', a: [{ y: 1 }, 2] }, subscription: null, apicontent: null };
        assert.equal(typeof renderTemplate(outcome.value, scope), 'string');
      } else {
        const lines = source.split('\n');
        assert.ok(outcome.error.length >= 1 && outcome.error.length <= 20);
        for (const { line, column, message } of outcome.error) {
          assert.ok(message !== '' && column >= 1 && column <= (lines[line - 1] ?? '').length + 1);
        }
      }
    }),
    { numRuns: 5000 },
  );
});

test('a text without a form is itself', () => {
  const forms =
    /\{(?:(?:lead|subscription|apicontent|message)\.|(?:if|elseif)\s|for\s|else\s*|end\}|comment\}|[lr]b\}|now|(?:global)?unsubscribe|subscription_field)/;
  fc.assert(
    fc.property(
      anyText.filter((source) => !forms.test(source)),
      assertText,
    ),
    { numRuns: 2000 },
  );
});
