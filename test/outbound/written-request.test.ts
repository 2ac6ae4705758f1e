import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/base/index.ts';
import { hasDotSegment, readWrittenHeaders, writtenUrlFault } from '../../src/outbound/index.ts';

const noUrl = 'expected a URL that begins with http:// or https://';
const noHost = 'the host cannot come from a template, only path and query can';
const noUser = 'user and password belong into an Authorization header';
const invalid = 'expected a valid URL';

test('templates fill the path and the query of a URL, and nothing before them', () => {
  const urls: [url: string, fault: string | undefined][] = [
    ['https://example.com', undefined],
    ['HTTP://[::1]:8080/{a}?b={c}#{d}', undefined],
    ['https://example.com?b={c}', undefined],
    ['https://example.com/?at=x@y', undefined],
    ['', noUrl],
    ['ftp://example.com/', noUrl],
    ['{a}', noUrl],
    ['https://{a}.example.com/', noHost],
    ['https://example.com:{a}/', noHost],
    ['https://me:secret@example.com/', noUser],
    ['https:///path', invalid],
    ['https://example.com:port/', invalid],
    ['https://example.com\\{a}', invalid],
    ['https://example.com/\\{a}', invalid],
    [`https://example.com/${'x'.repeat(8_172)}`, undefined],
    [`https://example.com/${'x'.repeat(8_173)}`, 'longer than 8192 characters'],
  ];
  for (const [url, fault] of urls) assert.equal(writtenUrlFault(url), fault, url.slice(0, 60));
});

test('steps through a path are seen in every spelling, and only in the path', () => {
  for (const url of [
    'http://x/.',
    'http://x/a/../b',
    'http://x/%2E./b',
    'http://x/.%2e?q',
    'http://x/%2e#f',
  ]) {
    assert.ok(hasDotSegment(url), url);
  }
  for (const url of ['http://x/', 'http://x/...', 'http://x/a..b', 'http://x/?/../', 'http://x/#/../']) {
    assert.ok(!hasDotSegment(url), url);
  }
});

function readHeaders(given: JsonValue | undefined): { names: string[]; faults: string[] } {
  const faults: string[] = [];
  const headers = readWrittenHeaders(given, (path, message) => faults.push(`${path}: ${message}`));
  return { names: headers.map(({ name, text, path }) => `${name}=${text} at ${path}`), faults };
}

test('headers are read with every fault that they have', () => {
  assert.deepEqual(readHeaders(undefined), { names: [], faults: [] });
  assert.deepEqual(readHeaders(null), { names: [], faults: [] });
  assert.deepEqual(readHeaders({ Authorization: 'Bearer {a}' }), {
    ...{ names: ['authorization=Bearer {a} at headers.Authorization'], faults: [] },
  });
  assert.deepEqual(readHeaders(['X: y']).faults, ['headers: expected an object of header names and values']);
  const own = 'Muster sets this header itself';
  const long = 'x'.repeat(101);
  assert.deepEqual(
    readHeaders({ 'X-A': '1', 'x-a': '2', Host: 'h', 'Idempotency-Key': 'i', 'a b': '', n: 7 }),
    {
      names: [
        ...['x-a=1 at headers.X-A', 'x-a=2 at headers.x-a', 'host=h at headers.Host'],
        ...['idempotency-key=i at headers.Idempotency-Key', 'a b= at headers.a b'],
      ],
      faults: [
        ...['headers.x-a: this header stands here twice', `headers.Host: ${own}`],
        ...[`headers.Idempotency-Key: ${own}`, 'headers.a b: not a valid header name'],
        'headers.n: expected a text',
      ],
    },
  );
  assert.deepEqual(readHeaders({ [long]: '' }).faults, [`headers.${long}: not a valid header name`]);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`x-${index}`, '']));
  assert.deepEqual(readHeaders(many).faults, ['headers: more than 50 headers']);
});
