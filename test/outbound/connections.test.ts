import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { TargetOutcome, TargetRequest } from '../../src/outbound/index.ts';
import { createGuardedClient, type GuardedClientOptions } from '../../src/outbound/target-client.ts';
import type { ResolveAll } from '../../src/outbound/target-guard.ts';
import { serveHttp, type TargetServer } from './target-server.ts';

const loopback: ResolveAll = (_hostname, _options, callback) => {
  callback(null, [{ address: '127.0.0.1', family: 4 }]);
};

function guardedClient(t: TestContext, changes: Partial<GuardedClientOptions> = {}) {
  const client = createGuardedClient({
    allowPrivate: true,
    connectionsPerHost: 2,
    maxOrigins: 10,
    resolve: loopback,
    ...changes,
  });
  t.after(() => client.close());
  return client;
}

function requestTo(url: string, changes: Partial<TargetRequest> = {}): TargetRequest {
  return { method: 'GET', url, headers: {}, timeoutMs: 20_000, maxBytes: 1000, ...changes };
}

/** A target that answers `/answer` at once and keeps every other answer back until the test gives it. */
async function serveHeld(t: TestContext): Promise<TargetServer & { held: ServerResponse[] }> {
  const held: ServerResponse[] = [];
  const target = await serveHttp((request, response) => {
    if (request.url === '/answer') response.end('now');
    else if (request.url === '/close') response.writeHead(200, { connection: 'close' }).end('now');
    else held.push(response);
  });
  t.after(() => target.stop());
  return { ...target, held };
}

function summary(outcome: TargetOutcome): string {
  if (outcome.kind === 'answer') return outcome.body;
  return outcome.kind === 'fault'
    ? `${outcome.reason}, ${outcome.sent ? 'sent' : 'not sent'}`
    : outcome.reason;
}

test('hundreds of requests share the connections that are allowed', async (t) => {
  const target = await serveHeld(t);
  const client = guardedClient(t, { connectionsPerHost: 4 });
  for (const path of ['answer', 'answer', 'close']) {
    const requests = Array.from({ length: 300 }, () => client.request(requestTo(`${target.url}/${path}`)));
    const outcomes = await Promise.all(requests);
    assert.ok(outcomes.every((outcome) => summary(outcome) === 'now'));
    const open = target.sockets.filter((socket) => !socket.destroyed).length;
    assert.ok(open <= 4, `${open} connections are open`);
    if (path === 'answer') assert.equal(target.sockets.length, 4);
  }
});

test('who waits for a connection in vain is not sent', async (t) => {
  const target = await serveHeld(t);
  const client = guardedClient(t, { connectionsPerHost: 1 });
  const first = client.request(requestTo(`${target.url}/hold`));
  const controller = new AbortController();
  const stopped = client.request(requestTo(`${target.url}/hold`, { signal: controller.signal }));
  const late = client.request(requestTo(`${target.url}/hold`, { timeoutMs: 50 }));
  controller.abort();
  assert.equal(summary(await stopped), 'stopped before the answer was complete, not sent');
  const reason = `all connections to 127.0.0.1:${target.port} were busy for 50 ms`;
  assert.equal(summary(await late), `${reason}, not sent`);
  const next = client.request(requestTo(`${target.url}/answer`));
  target.held[0]?.end('first');
  assert.equal(summary(await first), 'first');
  assert.equal(summary(await next), 'now');
  assert.equal(target.held.length, 1, 'only the first was ever sent');
});

test('a broken exchange gives its place to the next', async (t) => {
  const target = await serveHeld(t);
  const client = guardedClient(t, { connectionsPerHost: 1 });
  const late = client.request(requestTo(`${target.url}/hold`, { timeoutMs: 50 }));
  const next = client.request(requestTo(`${target.url}/answer`));
  assert.equal(summary(await late), 'no answer within 50 ms, sent');
  assert.equal(summary(await next), 'now');
  assert.equal(target.sockets.length, 2, 'the late answer cannot be taken for the next one');
});

test('a connection that the target closed is not used again', async (t) => {
  const target = await serveHeld(t);
  const client = guardedClient(t);
  assert.equal(summary(await client.request(requestTo(`${target.url}/answer`))), 'now');
  const [socket] = target.sockets;
  assert.ok(socket);
  const closed = once(socket, 'close');
  socket.end();
  await closed;
  assert.equal(summary(await client.request(requestTo(`${target.url}/answer`))), 'now');
  assert.equal(target.sockets.length, 2);
});

test('a signal stops what it belongs to, and is left without listeners', async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  t.after(() => process.off('warning', onWarning));
  const target = await serveHeld(t);
  const client = guardedClient(t, { connectionsPerHost: 1 });
  const { signal } = new AbortController();
  const answered = Array.from({ length: 100 }, () =>
    client.request(requestTo(`${target.url}/answer`, { signal })),
  );
  await Promise.all(answered);
  assert.equal(getEventListeners(signal, 'abort').length, 0);

  const controller = new AbortController();
  const arrived = once(target.server, 'request');
  const stopped = Array.from({ length: 100 }, () =>
    client.request(requestTo(`${target.url}/hold`, { signal: controller.signal })),
  );
  await arrived;
  const [socket] = target.sockets;
  assert.ok(socket);
  const closed = once(socket, 'close');
  controller.abort();
  const outcomes = await Promise.all(stopped);
  await closed;
  const sent = outcomes.filter((outcome) => outcome.kind === 'fault' && outcome.sent);
  assert.equal(sent.length, 1);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  const before = await client.request(requestTo(`${target.url}/answer`, { signal: controller.signal }));
  assert.equal(summary(before), 'stopped before it was sent, not sent');
  assert.deepEqual(warnings, []);
});

test('a name is resolved and judged for each connection, not for each request', async (t) => {
  const target = await serveHeld(t);
  const asked: string[] = [];
  const resolve: ResolveAll = (hostname, options, callback) => {
    asked.push(hostname);
    loopback(hostname, options, callback);
  };
  const url = `http://name.example:${target.port}/answer`;
  const open = guardedClient(t, { resolve });
  assert.equal(summary(await open.request(requestTo(url))), 'now');
  assert.equal(summary(await open.request(requestTo(url))), 'now');
  assert.deepEqual(asked, ['name.example']);
  assert.equal(target.sockets.length, 1);

  const guarded = guardedClient(t, { resolve, allowPrivate: false });
  assert.deepEqual(await guarded.request(requestTo(url)), {
    kind: 'refused',
    reason: 'name.example: the address 127.0.0.1 is private; MUSTER_ALLOW_PRIVATE_TARGETS=1 allows it',
  });
  assert.deepEqual(asked, ['name.example', 'name.example']);
  assert.equal(target.sockets.length, 1);
});

test('a name that resolves to a good and a bad address is refused', async (t) => {
  const target = await serveHeld(t);
  const resolve: ResolveAll = (_hostname, _options, callback) => {
    callback(null, [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
  };
  const client = guardedClient(t, { resolve, allowPrivate: false });
  const outcome = await client.request(requestTo(`http://name.example:${target.port}/`));
  assert.equal(outcome.kind, 'refused');
  assert.equal(target.sockets.length, 0);
});

test('names that do not resolve, or not in time, are faults', async (t) => {
  const failing: ResolveAll = (_hostname, _options, callback) => {
    callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
  };
  const unknown = await guardedClient(t, { resolve: failing }).request(
    requestTo('http://name.example/?a=secret'),
  );
  assert.equal(summary(unknown), 'the name name.example does not resolve, not sent');
  const silent = guardedClient(t, { resolve: () => {} });
  const late = await silent.request(requestTo('http://name.example/?a=secret', { timeoutMs: 50 }));
  assert.equal(summary(late), 'no connection to name.example within 50 ms, not sent');
});

test('the connections of the origin that was used longest ago are closed when there are too many', async (t) => {
  const [first, second, third] = [await serveHeld(t), await serveHeld(t), await serveHeld(t)];
  const client = guardedClient(t, { maxOrigins: 2 });
  for (const { url } of [first, second, first]) await client.request(requestTo(`${url}/answer`));
  const [oldest] = second.sockets;
  assert.ok(oldest);
  const closed = once(oldest, 'close');
  await client.request(requestTo(`${third.url}/answer`));
  await closed;
  assert.equal(first.sockets[0]?.destroyed, false);
  assert.equal(summary(await client.request(requestTo(`${first.url}/answer`))), 'now');
  assert.equal(first.sockets.length, 1);
});
