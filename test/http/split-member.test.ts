import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemberSplitter } from '../../src/http/split-member.ts';

/** The member and the rest of a text that arrives in chunks of that many bytes, or the fault. */
function split(text: string | Buffer, step: number): [member: string, rest: object] | string {
  const splitter = new MemberSplitter('data', 200);
  const bytes = Buffer.from(text);
  let member = '';
  for (let at = 0; at < bytes.length; at += step) {
    const part = splitter.push(bytes.subarray(at, at + step));
    if (!part.ok) return part.error;
    member += part.value;
  }
  const end = splitter.end();
  return end.ok ? [member, end.value] : end.error;
}

const BREAKS = 'body: not valid JSON, it breaks off';
const BESIDE = 'body: not valid JSON before or after data';
const ESCAPE = 'body: not valid JSON, an escape or a line break that is none in data';

const cases: [text: string, expected: ReturnType<typeof split>][] = [
  ['{"data":"YQ==","header":"x"}', ['YQ==', { data: '', header: 'x' }]],
  ['\uFEFF \n{ "header" : "x" , "data" : "YQ==" } \n', ['YQ==', { data: '', header: 'x' }]],
  ['{"d\\u0061ta":"a\\/b\\u002Bc\\r\\n\\\\d\\"e"}', ['a/b+c\r\n\\d"e', { data: '' }]],
  ['{"data":""}', ['', { data: '' }]],
  ['{"data":5,"header":"data"}', ['', { data: 5, header: 'data' }]],
  [
    '{"header":"\\"data\\":\\"x","a":{"data":"inner"},"b":["data","x"]}',
    ['', { header: '"data":"x', a: { data: 'inner' }, b: ['data', 'x'] }],
  ],
  ['{"a":{"data":"inner"},"data":"outer"}', ['outer', { a: { data: 'inner' }, data: '' }]],
  ['{"data":"a","data":"b"}', 'data: stands twice'],
  ['{"data":"a","data":null}', 'data: stands twice'],
  ['{"data":"a', BREAKS],
  ['{"data":"a\\', BREAKS],
  ['{"data":"a\\u00', BREAKS],
  ['{"data":"a"', BESIDE],
  ['{"data":"a","b":}', BESIDE],
  ['{"data":"a" "b"}', 'data: stands twice'],
  ['["data":"a"]', BESIDE],
  ['{"data":"a\nb"}', ESCAPE],
  ['{"data":"a\\x"}', ESCAPE],
  ['{"b":}', 'body: not valid JSON, unexpected text at line 1, column 6'],
  ['["data"]', 'body: expected a JSON object, found a list'],
  [`{"b":"${'x'.repeat(300)}"}`, 'body: more than 200 bytes beside data'],
];

for (const [text, expected] of cases) {
  test(`splits or refuses ${JSON.stringify(text.slice(0, 60))}, however it is cut`, () => {
    for (const step of [1, 2, 3, 4, 5, 6, 7, 11, 1000])
      assert.deepEqual(split(text, step), expected, `${step}`);
  });
}

test('bytes that are not UTF-8 are a fault outside the member, and foreign characters in it', () => {
  assert.equal(split(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 3), 'body: not valid UTF-8');
  assert.deepEqual(split('{"data":"é"}', 1), ['\u00c3\u00a9', { data: '' }]);
});

test('the members before the long one are known as soon as it begins', () => {
  const splitter = new MemberSplitter('data', 200);
  assert.ok(splitter.push(Buffer.from('{"token":"x","data":')).ok);
  assert.deepEqual([splitter.hasBegun, splitter.readBefore()], [false, undefined]);
  assert.ok(splitter.push(Buffer.from('"YQ')).ok);
  assert.deepEqual([splitter.hasBegun, splitter.readBefore()], [true, { token: 'x', data: '' }]);
});
