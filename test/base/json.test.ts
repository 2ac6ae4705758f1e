import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonValue, parseJson, sameJson, storageFault } from '../../src/base/index.ts';

test('what jsonb refuses is named with its path', () => {
  assert.match(storageFault({ a: ['x', '\u0000'] }, 'content') ?? '', /^content\.a\[1\]: .*NUL/);
  assert.match(storageFault({ a: '\ud800' }, 'content') ?? '', /^content\.a: .*surrogate/);
  let deep: JsonValue = 1;
  for (let level = 0; level < 10_000; level += 1) deep = [deep];
  assert.match(storageFault(deep, 'content') ?? '', /nested deeper than 32/);
  assert.equal(storageFault({ a: [1, null, 'текст'] }, 'content'), undefined);
});

test('two documents are the same whatever the order of their keys', () => {
  assert.ok(sameJson(parseJson('{"a":1,"b":[{"c":2}]}'), parseJson('{"b":[{"c":2}],"a":1}')));
  assert.ok(!sameJson(parseJson('{"a":1}'), parseJson('{"a":1,"__proto__":2}')));
});
