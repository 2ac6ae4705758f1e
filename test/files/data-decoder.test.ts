import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { DataDecoder } from '../../src/files/index.ts';

/** Bytes and type of a text that arrives in parts of that many characters, or the fault. */
function decode(
  text: string,
  step = text.length || 1,
): { bytes: string; mimetype: string | undefined } | string {
  const decoder = new DataDecoder();
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; at += step) {
    const part = decoder.push(text.slice(at, at + step));
    if (!part.ok) return part.error;
    parts.push(part.value);
  }
  const end = decoder.end();
  if (!end.ok) return end.error;
  return { bytes: Buffer.concat([...parts, end.value]).toString('latin1'), mimetype: decoder.mimetype };
}

const NO = 'expected base64 or a data URI with ;base64';
const BROKEN = 'the base64 breaks off';
const csv = { bytes: 'a;b\n', mimetype: 'text/csv' };

const cases: [text: string, expected: ReturnType<typeof decode>][] = [
  ['', { bytes: '', mimetype: undefined }],
  ['   ', { bytes: '', mimetype: undefined }],
  ['data', { bytes: 'u\u00abZ', mimetype: undefined }],
  ['da==', { bytes: 'u', mimetype: undefined }],
  ['YTtiCg==', { bytes: 'a;b\n', mimetype: undefined }],
  ['YTtiCg', { bytes: 'a;b\n', mimetype: undefined }],
  [' YTti\r\n Cg==\n', { bytes: 'a;b\n', mimetype: undefined }],
  ['data:text/csv;base64,YTtiCg==', csv],
  ['  DATA:text/csv;BASE64,YTtiCg==', csv],
  ['data:text/csv;charset=utf-8;base64,YTtiCg==', { ...csv, mimetype: 'text/csv;charset=utf-8' }],
  ['data:;base64,YTtiCg==', { bytes: 'a;b\n', mimetype: undefined }],
  ['data:;charset=utf-8;base64,YTtiCg==', { bytes: 'a;b\n', mimetype: undefined }],
  ['data:text/csv;base64,', { bytes: '', mimetype: 'text/csv' }],
  ['data:text/csv,a;b', NO],
  ['data:text/csv;base64', NO],
  ['data:', NO],
  [`data:text/${'x'.repeat(600)};base64,YQ==`, NO],
  ['data:text\r\nX-Evil: 1;base64,YQ==', 'the type in the data URI: expected a media type such as text/csv'],
  ['YTti!', NO],
  ['YT_-', NO],
  ['YTtiC', BROKEN],
  ['YTtiCg=', BROKEN],
  ['YTti=', BROKEN],
  ['YTti==', BROKEN],
];

for (const [text, expected] of cases) {
  test(`decodes or refuses ${JSON.stringify(text.slice(0, 60))}, whatever its parts`, () => {
    for (const step of [1, 2, 3, 5, 7, text.length || 1])
      assert.deepEqual(decode(text, step), expected, `${step}`);
  });
}

test('base64 that goes on after its padding is refused, wherever it is cut', () => {
  for (const text of ['YQ==YQ==', 'YQ==YTti', 'YWI=x', 'YQ===', '====', 'YQ=x']) {
    for (const step of [1, 2, 3, 4, 5, 8]) {
      assert.equal(typeof decode(text, step), 'string', `${text} by ${step}`);
    }
  }
});

test('random bytes come out as they went in', () => {
  for (let size = 0; size < 70; size += 1) {
    const bytes = randomBytes(size);
    for (const step of [1, 3, 4, 10]) {
      const decoded = decode(`data:a/b;base64,${bytes.toString('base64')}`, step);
      assert.deepEqual(decoded, { bytes: bytes.toString('latin1'), mimetype: 'a/b' });
    }
  }
});
