import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/base/index.ts';
import { parseAttach } from '../../src/files/index.ts';

const ID = '30421978-7F6D-4f39-913f-fb6cad8e2477';
const fileId = ID.toLowerCase();

function parse(...elements: JsonValue[]): unknown {
  const parsed = parseAttach(elements, 'attach');
  return parsed.ok ? parsed.value : parsed.error;
}

test('absent and null are no attachments', () => {
  for (const value of [undefined, null, []]) {
    assert.deepEqual(parseAttach(value, 'attach'), { ok: true, value: [] });
  }
});

test('data is base64 or a data URI, whose type is the default', () => {
  const bytes = Buffer.from('a;b\n');
  const inline = { kind: 'inline', name: 'a.csv', bytes };
  assert.deepEqual(
    parse(
      { name: 'a.csv', data: 'YTtiCg==', mimetype: 'text/csv' },
      { name: 'a.csv', data: 'YTtiCg', file_key: '', flie_key: null },
      { name: 'a.csv', data: 'data:text/csv;base64,YTtiCg==', extra: 1 },
      { name: 'a.csv', data: 'data:text/csv;base64,YTtiCg==', mimetype: 'text/plain; charset=utf-8' },
      { name: 'a.csv', data: 'data:text/csv;base64,' },
    ),
    [
      { ...inline, mimetype: 'text/csv' },
      { ...inline, mimetype: 'application/octet-stream' },
      { ...inline, mimetype: 'text/csv' },
      { ...inline, mimetype: 'text/plain; charset=utf-8' },
      { ...inline, mimetype: 'text/csv', bytes: Buffer.alloc(0) },
    ],
  );
});

test('a file key may be spelled as on the platform’s page, and brings name and type', () => {
  const file = { kind: 'file', fileId, name: null, mimetype: null };
  assert.deepEqual(
    parse(
      { file_key: ID },
      { flie_key: ID, file_key: '', data: '' },
      { file_key: ID, flie_key: 'other' },
      { file_key: ID, name: 'b.csv', mimetype: 'text/csv' },
    ),
    [file, file, file, { ...file, name: 'b.csv', mimetype: 'text/csv' }],
  );
});

const faults: [element: JsonValue, fault: string][] = [
  [5, ': expected an object {name, file_key, data, mimetype}'],
  [{}, ': expected file_key or data, found neither'],
  [{ name: 'a', data: 'YQ==', file_key: ID }, ': expected file_key or data, found both'],
  [{ file_key: 'x' }, '.file_key: expected the id that file_upload has answered with'],
  [{ file_key: 5 }, '.file_key: expected a string'],
  [{ data: 'YQ==' }, '.name: expected a file name, found nothing'],
  [{ data: 'YQ==', name: ' ' }, '.name: expected a file name, found nothing'],
  [{ data: 'YQ==', name: '../a' }, '.name: expected a file name without a path'],
  [{ data: 'YQ==', name: 'c:\\a' }, '.name: expected a file name without a path'],
  [{ data: 'YQ==', name: '..' }, '.name: expected a file name without a path'],
  [{ data: 'YQ==', name: 'a\r\nBcc: x' }, '.name: holds a line break or another control character'],
  [{ data: 'YQ==', name: 'a\u0000' }, '.name: holds a line break or another control character'],
  [{ data: 'YQ==', name: 'a\ud800' }, '.name: holds half of a surrogate pair, which is not valid Unicode'],
  [{ data: 'YQ==', name: 'a'.repeat(256) }, '.name: longer than 255 characters'],
  [{ data: 'YQ==', name: 'a', mimetype: 'text' }, '.mimetype: expected a media type such as text/csv'],
  [
    { data: 'YQ==', name: 'a', mimetype: 'text/csv\r\nX: y' },
    '.mimetype: expected a media type such as text/csv',
  ],
  [{ data: '!', name: 'a' }, '.data: expected base64 or a data URI with ;base64'],
  [{ data: 'YTtiC', name: 'a' }, '.data: the base64 breaks off'],
  [{ data: { a: 1 }, name: 'a' }, '.data: expected a string'],
];

test('a fault names the element and the key', () => {
  for (const [element, fault] of faults) {
    assert.equal(parse({ file_key: ID }, element), `attach[1]${fault}`, JSON.stringify(element));
  }
  assert.deepEqual(parseAttach({ file_key: ID }, 'data[3].attach'), {
    ok: false,
    error: 'data[3].attach: expected a list of objects',
  });
});

test('number and bytes are bounded', () => {
  assert.equal(parse(...new Array(51).fill({ file_key: ID })), 'attach: more than 50 attachments');
  const data = Buffer.alloc(13_107_200).toString('base64');
  assert.ok(Array.isArray(parse({ name: 'a', data }, { name: 'b', data })));
  assert.equal(
    parse({ name: 'a', data }, { name: 'b', data }, { name: 'c', data: 'YQ==' }),
    'attach: more than 26214400 bytes together; upload large files first',
  );
});
