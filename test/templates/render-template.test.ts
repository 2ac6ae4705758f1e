import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { type Landing, renderTemplate } from '../../src/templates/index.ts';
import { parseSource, renderSource } from './parse-source.ts';

const landings: Landing[] = ['text', 'json', 'url', 'header'];

function render(
  source: string,
  lead: JsonObject,
  landing: Landing = 'text',
  apicontent: JsonObject | null = null,
) {
  return renderSource(source, landing, { lead, subscription: null, apicontent });
}

const lead: JsonObject = {
  name: 'Ann "A" \\ Смит\r\nX-Evil: 1',
  age: 41,
  big: 1e21,
  vip: false,
  none: null,
  empty: '',
  address: { city: 'Riga', '0': 'zero' },
  phones: ['+371', { a: [7] }],
  half: 'a\ud800b',
};

const cases: [source: string, landing: Landing, expected: string][] = [
  ['{lead.name}', 'text', 'Ann "A" \\ Смит\r\nX-Evil: 1'],
  ['{lead.age}/{lead.vip}/{lead.big}', 'text', '41/false/1e+21'],
  ['[{lead.none}{lead.absent}{lead.empty}{lead.absent.x}{lead.age.x}]', 'text', '[]'],
  ['{lead.address.city} {lead.address.0} {lead.phones.0} {lead.phones.1.a.0}', 'text', 'Riga zero +371 7'],
  ['[{lead.phones.2}{lead.phones.length}{lead.name.length}{lead.name.0}]', 'text', '[]'],
  ['{lead.address}{lead.phones}', 'text', '{"0":"zero","city":"Riga"}["+371",{"a":[7]}]'],
  ['{"n":"{lead.name}"}', 'json', '{"n":"Ann \\"A\\" \\\\ Смит\\r\\nX-Evil: 1"}'],
  ['{"n": {lead.name}}', 'json', '{"n": "Ann \\"A\\" \\\\ Смит\\r\\nX-Evil: 1"}'],
  [
    '[{lead.age},{lead.vip},{lead.none},{lead.absent},{lead.phones}]',
    'json',
    '[41,false,null,null,["+371",{"a":[7]}]]',
  ],
  [
    '["{lead.age}","{lead.absent}","{lead.address}"]',
    'json',
    '["41","","{\\"0\\":\\"zero\\",\\"city\\":\\"Riga\\"}"]',
  ],
  ['{"a\\"b{lead.vip}\\\\":{lead.vip},"{lead.age}":"x"}', 'json', '{"a\\"bfalse\\\\":false,"41":"x"}'],
  ['["{lead.half}"]', 'json', '["a\\ud800b"]'],
  [
    '/p/{lead.name}?a={lead.age}',
    'url',
    '/p/Ann%20%22A%22%20%5C%20%D0%A1%D0%BC%D0%B8%D1%82%0D%0AX-Evil%3A%201?a=41',
  ],
  ['{lead.half}', 'url', 'a%EF%BF%BDb'],
  ['{lead.name}', 'header', 'Ann "A" \\ СмитX-Evil: 1'],
];
for (const [source, landing, expected] of cases) {
  test(`${landing}: ${source}`, () => assert.equal(render(source, lead, landing), expected));
}

test('control characters of every kind are kept out of headers', () => {
  const all = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
  assert.doesNotMatch(render('{lead.x}', { x: all }, 'header'), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
});

test('only own members are read', () => {
  const forms = ['constructor', '__proto__', 'toString', 'constructor.name', 'hasOwnProperty', '__proto__.x'];
  for (const form of forms) assert.equal(render(`[{lead.${form}}]`, {}), '[]', form);
  const own = parseJson('{"__proto__": {"x": 1}, "constructor": "c"}');
  assert.ok(typeof own === 'object' && own !== null && !Array.isArray(own));
  assert.equal(render('{lead.__proto__.x}{lead.constructor}', own), '1c');
});

test('the three roots are apart, and a missing one prints nothing', () => {
  const template = parseSource('{lead.x}|{subscription.x}|{apicontent.x}');
  const scope = { lead: { x: 1 }, subscription: { x: 2 }, apicontent: { x: 3 } };
  assert.equal(renderTemplate(template, scope), '1|2|3');
  assert.equal(renderTemplate(template, { ...scope, subscription: null }), '1||3');
});

test('a document that is too deep, or a result that is too long, does not throw', () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  for (const landing of landings)
    assert.doesNotThrow(() => render('"{lead.x}"{lead.x}', { x: deep }, landing));
  const rendered = render('{lead.x}'.repeat(1000), { x: 'y'.repeat(5_000_000) });
  assert.ok(rendered.length <= 16_777_216);
});

const anyJson = fc.jsonValue({ noUnicodeString: false }).map((value) => parseJson(JSON.stringify(value)));

test('a JSON template stays valid JSON, and strings come back as they were, whatever the value', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const result = parseJson(
        render('{"in":"<{lead.x}>","out":{lead.x},"{lead.x}":[{lead.y}]}', { x: value }, 'json'),
      );
      assert.ok(typeof result === 'object' && result !== null && !Array.isArray(result));
      assert.deepEqual(JSON.stringify(result['out']), JSON.stringify(value));
      if (typeof value === 'string') assert.equal(result['in'], `<${value}>`);
    }),
    { numRuns: 1000 },
  );
});

test('any value in any landing is rendered without throwing', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.oneof(text, anyJson), fc.constantFrom(...landings), (value, landing) => {
      const rendered = render('{lead.x}', { x: value }, landing);
      if (landing === 'url') assert.match(rendered, /^[\w\-.!~*'()%]*$/);
      if (landing === 'header') assert.doesNotMatch(rendered, /[\r\n\0]/);
    }),
    { numRuns: 2000 },
  );
});

test('text without forms is unchanged in every landing', () => {
  const text = fc
    .string({ unit: 'binary' })
    .filter((source) => !/\{(lead|subscription|apicontent)\./.test(source));
  fc.assert(
    fc.property(text, fc.constantFrom(...landings), (source, landing) => {
      assert.equal(render(source, lead, landing), source);
    }),
  );
});
