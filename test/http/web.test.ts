import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isJsonObject, parseJson } from '../../src/base/index.ts';
import { createTestServer } from './test-server.ts';

const server = await createTestServer();
after(() => server.close());

const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';

function get(url: string, accept: string, headers: Record<string, string> = {}) {
  return server.app.inject({ method: 'GET', url, headers: { accept, ...headers } });
}

test('a browser gets the page at every address of a page, a program its data or a 404', async () => {
  for (const url of ['/', '/tasks', '/workflows/12/edit', '/profiles/0123?database=1']) {
    const answer = await get(url, BROWSER);
    assert.equal(answer.statusCode, 200, url);
    assert.match(String(answer.headers['content-type']), /^text\/html/);
    assert.match(answer.body, /<title>Muster<\/title>/);
    assert.equal(answer.headers['cache-control'], 'no-cache');
    assert.equal(answer.headers['vary'], 'accept');
  }
  const home = parseJson((await get('/', '*/*')).body);
  assert.ok(isJsonObject(home) && home['name'] === 'Muster');
  assert.equal((await get('/tasks', 'application/json')).statusCode, 404);
  assert.equal((await get('/assets/gone-1234.js', '*/*')).statusCode, 404);
});

test('what lies below /api stays the API’s, whoever asks', async () => {
  assert.equal((await get('/api/admin/nothing', BROWSER)).statusCode, 401);
  assert.equal((await get('/api/nothing', BROWSER)).statusCode, 404);
  const dialect = parseJson((await get('/api/v1.1/nothing', BROWSER)).body);
  assert.ok(isJsonObject(dialect) && dialect['error'] === 404);
  const posted = await server.app.inject({ method: 'POST', url: '/tasks', headers: { accept: BROWSER } });
  assert.equal(posted.statusCode, 404);
});

test('the policy of the page lets nothing run that is not ours', async () => {
  const { headers } = await get('/', BROWSER);
  const policy = String(headers['content-security-policy']);
  for (const part of [
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ]) {
    assert.ok(policy.split(';').includes(part), `${part} in ${policy}`);
  }
  // Muster speaks plain HTTP where no proxy stands before it.
  assert.doesNotMatch(policy, /upgrade-insecure-requests/);
});

test('parts are compressed ahead and kept for good, for their name tells what is in them', async () => {
  const script = /src="(\/assets\/[^"]+\.js)"/.exec((await get('/', BROWSER)).body)?.[1];
  assert.ok(script !== undefined, 'the web UI is not built: npm run build');
  const plain = await get(script, '*/*');
  assert.equal(plain.statusCode, 200);
  assert.match(String(plain.headers['cache-control']), /immutable/);
  const packed = await get(script, '*/*', { 'accept-encoding': 'gzip, br' });
  assert.equal(packed.headers['content-encoding'], 'br');
  assert.ok(packed.rawPayload.length * 2 < plain.rawPayload.length);
  assert.match(String(packed.headers['content-type']), /javascript/);
  for (const hidden of ['/.sources', '/assets/../.sources', '/index.html']) {
    assert.equal((await get(hidden, '*/*')).statusCode, 404, hidden);
  }
});

test('a worker shows no pages', async () => {
  const worker = await createTestServer({}, { answersApi: false });
  const answer = await worker.app.inject({ method: 'GET', url: '/tasks', headers: { accept: BROWSER } });
  assert.equal(answer.statusCode, 404);
  await worker.close();
});
