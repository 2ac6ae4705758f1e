import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryWithoutToken } from '../../src/http/paths.ts';
import { identifyRequest } from '../../src/http/v1.1/dedup.ts';

const now = new Date('2026-03-02T10:00:00Z');
const base = {
  method: 'm',
  query: '',
  bodyHash: Buffer.from('body'),
  requestId: undefined,
  caller: '1',
  windowSeconds: 3600,
  now,
};

function keyOf(change: Partial<Parameters<typeof identifyRequest>[0]>): string | undefined {
  return identifyRequest({ ...base, ...change })?.key.toString('base64');
}

test('without a Request-ID, method, address, body and token make the request', () => {
  assert.equal(keyOf({}), keyOf({ now: new Date(0) }));
  for (const change of [
    { method: 'n' },
    { query: 'request_id=2' },
    { bodyHash: Buffer.from('other') },
    { caller: '2' },
    { requestId: 'id' },
  ]) {
    assert.notEqual(keyOf(change), keyOf({}), JSON.stringify(change));
  }
});

test('with a Request-ID, it and the token make the request, and the body must be the same', () => {
  const key = keyOf({ requestId: 'id' });
  assert.equal(key, keyOf({ requestId: 'id', query: 'x=1', bodyHash: Buffer.from('other'), method: 'n' }));
  assert.notEqual(key, keyOf({ requestId: 'id', caller: '2' }));
  assert.notEqual(key, keyOf({ requestId: 'id2' }));
  const bodyHashes = [{}, { bodyHash: Buffer.from('other') }, { method: 'n' }].map((change) =>
    identifyRequest({ ...base, requestId: 'id', ...change })?.bodyHash.toString('hex'),
  );
  assert.equal(new Set(bodyHashes).size, 3);
});

test('a window of 0 switches the checksum off; a Request-ID is still known for a day', () => {
  assert.equal(identifyRequest({ ...base, windowSeconds: 0 }), undefined);
  const identity = identifyRequest({ ...base, windowSeconds: 0, requestId: 'id' });
  assert.deepEqual(identity?.since, new Date('2026-03-01T10:00:00Z'));
  assert.deepEqual(identifyRequest(base)?.since, new Date('2026-03-02T09:00:00Z'));
});

test('the token and the order of the address say nothing', () => {
  assert.equal(queryWithoutToken('/x?b=2&token=secret&a=1'), 'a=1&b=2');
  assert.equal(queryWithoutToken('/x'), '');
});
