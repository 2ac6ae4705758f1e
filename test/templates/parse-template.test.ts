import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTemplate } from '../../src/templates/index.ts';

function parsed(source: string) {
  const outcome = parseTemplate(source);
  assert.ok(outcome.ok, `expected ${source} to parse`);
  return outcome.value;
}

function faults(source: string) {
  const outcome = parseTemplate(source);
  assert.ok(!outcome.ok, `expected ${source} to be refused`);
  return outcome.error;
}

test('variables are found with their paths', () => {
  assert.deepEqual(parsed('Dear {lead._fname}, {apicontent.items.0.full-name}{subscription.status}!').parts, [
    { kind: 'text', text: 'Dear ' },
    { kind: 'variable', root: 'lead', path: ['_fname'], inString: false },
    { kind: 'text', text: ', ' },
    { kind: 'variable', root: 'apicontent', path: ['items', '0', 'full-name'], inString: false },
    { kind: 'variable', root: 'subscription', path: ['status'], inString: false },
    { kind: 'text', text: '!' },
  ]);
  assert.deepEqual(parsed('').parts, []);
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
  '{if x}',
  '\u0000{\ud800}\r\n',
]) {
  test(`is text: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parsed(text).parts, [{ kind: 'text', text }]);
  });
}

test('a brace before a form is text', () => {
  assert.deepEqual(parsed('{{lead.x}}').parts, [
    { kind: 'text', text: '{' },
    { kind: 'variable', root: 'lead', path: ['x'], inString: false },
    { kind: 'text', text: '}' },
  ]);
});

const malformed: [source: string, line: number, column: number, message: RegExp][] = [
  ['{lead.}', 1, 1, /^\{lead\.: expected a name after the dot/],
  ['ab\n  {apicontent..x}', 2, 3, /^\{apicontent\.: expected a name/],
  ['{lead.x', 1, 1, /^\{lead\.x: expected \} before the end/],
  ['{lead.', 1, 1, /expected a name/],
  ['a\r\nb{lead.x }', 2, 2, /^\{lead\.x: expected \} or a dot and a name, found " "/],
  ['{lead.x.}', 1, 1, /^\{lead\.x\.: expected a name or an array index/],
  ['{lead.0}', 1, 1, /expected a name/],
  ['{lead.имя}', 1, 1, /expected a name/],
  ['{lead.a.01}', 1, 1, /found "1"/],
  [`{lead.${'a.'.repeat(40)}a}`, 1, 1, /at most 32 names/],
  ['{subscription.x|upper}', 1, 1, /found "\|"/],
];
for (const [source, line, column, message] of malformed) {
  test(`is refused with its place: ${JSON.stringify(source.slice(0, 40))}`, () => {
    const [fault, ...others] = faults(source);
    assert.deepEqual({ line: fault?.line, column: fault?.column }, { line, column });
    assert.match(fault?.message ?? '', message);
    assert.deepEqual(others, []);
  });
}

test('every fault is told, up to 20', () => {
  assert.deepEqual(
    faults('{lead.}\n{lead.ok}{lead.\n\n x{lead.y!}').map(({ line, column }) => [line, column]),
    [
      [1, 1],
      [2, 10],
      [4, 3],
    ],
  );
  assert.equal(faults('{lead.}'.repeat(100)).length, 20);
});

test('a template is frozen', () => {
  const template = parsed('a{lead.x}');
  assert.ok(Object.isFrozen(template) && Object.isFrozen(template.parts));
  assert.ok(template.parts.every((part) => Object.isFrozen(part)));
});

test('a million openings are read quickly', { timeout: 10_000 }, () => {
  assert.ok(parseTemplate('{lead.x}'.repeat(300_000)).ok);
  assert.ok(!parseTemplate(`{lead.${'a'.repeat(2_000_000)}`).ok);
  assert.ok(!parseTemplate(`{lead.${'a.'.repeat(1_000_000)}`).ok);
  assert.ok(parseTemplate('{'.repeat(2_000_000)).ok);
});

const piece = fc.constantFrom('{', '}', 'lead', 'apicontent', '.', 'x', '0', '"', '\\', '\n', ' ', '\ud800');

test('any text is read without throwing, and without a form it is one piece of text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(piece).map((all) => all.join('')),
      ),
      (source) => {
        const outcome = parseTemplate(source);
        if (/\{(lead|subscription|apicontent)\./.test(source)) return;
        assert.ok(outcome.ok);
        assert.deepEqual(outcome.value.parts, source === '' ? [] : [{ kind: 'text', text: source }]);
      },
    ),
    { numRuns: 2000 },
  );
});
