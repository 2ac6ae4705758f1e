import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Sink, startSink } from '../../demo/sink.ts';

let sink: Sink;
before(async () => {
  sink = await startSink(0);
});
after(() => sink.stop());

async function call(body: string, key?: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${sink.url}/welcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body,
  });
  return { status: response.status, text: await response.text() };
}

test('every call is counted, and a repeated key gets the same coupon', async () => {
  const first = await call('{"customer":"C-1"}', 'a');
  assert.equal(first.status, 200);
  assert.match(first.text, /^\{"coupon":"WELCOME-[0-9A-F]{8}"\}\n$/);
  assert.notEqual((await call('{}', 'b')).text, first.text);
  assert.equal((await call('{"customer":"C-1"}', 'a')).text, first.text);
  assert.equal((await call('{}')).status, 200);
  assert.equal((await call('[1]', 'c')).status, 400);
  assert.equal((await call('{', 'd')).status, 400);
  assert.deepEqual(sink.figures(), { calls: 6, repeated: 1, withoutKey: 1, unreadable: 2 });
});

test('a look at it is not counted and shows the figures', async () => {
  const response = await fetch(sink.url);
  assert.deepEqual(await response.json(), sink.figures());
});

test('where another program has the port, a free one is taken', async () => {
  const port = Number(new URL(sink.url).port);
  const other = await startSink(port);
  assert.notEqual(other.url, sink.url);
  await other.stop();
  await other.stop();
});
