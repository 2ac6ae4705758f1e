import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findJsonFault } from '../../src/http/find-json-fault.ts';
import { parseJsonObject } from '../../src/http/parse-json.ts';

function faultOf(text: string | Buffer): string {
  const parsed = parseJsonObject(Buffer.from(text));
  return parsed.ok ? 'none' : parsed.error;
}

test('an object is read, with a byte order mark, white space and any key', () => {
  const parsed = parseJsonObject(Buffer.from('\uFEFF\r\n\t {"__proto__":1,"constructor":{"a":[]}} \n'));
  assert.ok(parsed.ok);
  assert.deepEqual(Object.keys(parsed.value), ['__proto__', 'constructor']);
});

test('faults name the place and never repeat the text', () => {
  const cases: [string | Buffer, string][] = [
    ['', 'body: empty, expected a JSON object'],
    [' \n ', 'body: empty, expected a JSON object'],
    ['[{}]', 'body: expected a JSON object, found a list'],
    ['"x"', 'body: expected a JSON object, found a single value'],
    ['null', 'body: expected a JSON object, found a single value'],
    ['token=secret', 'body: not valid JSON, unexpected text at line 1, column 1'],
    ['{"a":1,}', 'body: not valid JSON, unexpected text at line 1, column 8'],
    ['{"a":1\n "b":2}', 'body: not valid JSON, unexpected text at line 2, column 2'],
    ['{"a":tru}', 'body: not valid JSON, unexpected text at line 1, column 6'],
    ['{"a":true1}', 'body: not valid JSON, unexpected text at line 1, column 10'],
    ['{"a":01}', 'body: not valid JSON, unexpected text at line 1, column 7'],
    ["{'a':1}", 'body: not valid JSON, unexpected text at line 1, column 2'],
    ['{"a":"b\nc"}', 'body: not valid JSON, unexpected text at line 1, column 8'],
    ['{"a":"\\x"}', 'body: not valid JSON, unexpected text at line 1, column 7'],
    ['{"a":[1,2', 'body: not valid JSON, it breaks off at line 1, column 10'],
    ['{"a":"b', 'body: not valid JSON, it breaks off at line 1, column 8'],
    ['{"a":1}}', 'body: not valid JSON, unexpected text at line 1, column 8'],
    ['{"a":1]', 'body: not valid JSON, unexpected text at line 1, column 7'],
    [Buffer.from([0x7b, 0xcf, 0xf0, 0x7d]), 'body: not valid UTF-8'],
  ];
  for (const [text, expected] of cases) assert.equal(faultOf(text), expected, String(text));
});

test('a text that breaks off, and one with a foreign character, are told at that place', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, seed) => {
      const text = `{"a":${json},"b":[${json}]}`;
      const cut = seed % text.length;
      const broken = `${text.slice(0, cut)}\u0001${text.slice(cut)}`;
      const { line, column, ended } = findJsonFault(broken);
      assert.equal(line, 1);
      assert.equal(ended, false);
      // Inside a number or literal the token before the fault may be what is refused.
      assert.ok(column <= cut + 1 && column > cut - 6, `${column} ${cut} ${broken}`);
    }),
  );
});

test('depth and length do not matter', () => {
  const depth = 100_000;
  assert.match(faultOf('{"a":'.repeat(depth)), /it breaks off at line 1, column 500001$/);
  assert.match(faultOf(`{"a":"${'x'.repeat(5_000_000)}`), /it breaks off at line 1, column 5000007$/);
});
