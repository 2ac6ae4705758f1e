import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TargetClient, TargetOutcome, TargetRequest } from '../../src/outbound/index.ts';
import { createTargetClient } from '../../src/outbound/index.ts';
import { readBody, serveHttp, serveTcp, type TargetServer } from './target-server.ts';

/** Far beyond what any test takes; where the time-out is tested it is short. */
const PATIENT_MS = 20_000;

function requestTo(url: string, changes: Partial<TargetRequest> = {}): TargetRequest {
  return { method: 'GET', url, headers: {}, timeoutMs: PATIENT_MS, maxBytes: 100_000, ...changes };
}

interface Pair {
  readonly target: TargetServer;
  readonly client: TargetClient;
}

function pair(t: TestContext, target: TargetServer, allowPrivate = true): Pair {
  const client = createTargetClient({ allowPrivate });
  t.after(async () => {
    await client.close();
    await target.stop();
  });
  return { target, client };
}

async function httpPair(t: TestContext, listener: RequestListener): Promise<Pair> {
  return pair(t, await serveHttp(listener));
}

async function tcpPair(t: TestContext, listener: (socket: Socket) => void): Promise<Pair> {
  return pair(t, await serveTcp(listener));
}

function faultOf(outcome: TargetOutcome): { reason: string; sent: boolean } {
  assert.equal(outcome.kind, 'fault');
  return { reason: outcome.reason, sent: outcome.sent };
}

test('a request arrives as it was made, and its answer comes back', async (t) => {
  const { target, client } = await httpPair(t, async (request, response) => {
    const { method, url, headers } = request;
    const seen = {
      method,
      url,
      encoding: headers['accept-encoding'],
      key: headers['x-key'],
      body: await readBody(request),
    };
    response.writeHead(201, {
      'Content-Type': 'application/json',
      'X-Many': ['a', 'b'],
      'Set-Cookie': ['c=1', 'd=2'],
    });
    response.end(JSON.stringify(seen));
  });
  const outcome = await client.request(
    requestTo(`${target.url}/päth?q=a b#fragment`, {
      method: 'POST',
      headers: { 'X-Key': 'größe', 'Accept-Encoding': 'gzip' },
      body: 'höhe',
    }),
  );
  assert.equal(outcome.kind, 'answer');
  assert.equal(outcome.status, 201);
  assert.equal(outcome.headers['content-type'], 'application/json');
  assert.equal(outcome.headers['x-many'], 'a, b');
  assert.equal(outcome.headers['set-cookie'], 'c=1, d=2');
  assert.ok(Number.isInteger(outcome.ms) && outcome.ms >= 0);
  assert.deepEqual(JSON.parse(outcome.body), {
    method: 'POST',
    url: '/p%C3%A4th?q=a%20b',
    encoding: 'identity',
    key: 'größe',
    body: 'höhe',
  });
});

test('statuses of every kind are answers, and redirects are not followed', async (t) => {
  const paths: (string | undefined)[] = [];
  const { target, client } = await httpPair(t, (request, response) => {
    paths.push(request.url);
    response.writeHead(Number(request.url?.slice(1)), { location: '/200' });
    response.end();
  });
  for (const status of [200, 204, 302, 304, 307, 404, 500, 503]) {
    const outcome = await client.request(requestTo(`${target.url}/${status}`));
    assert.equal(outcome.kind, 'answer');
    assert.equal(outcome.status, status);
    assert.equal(outcome.body, '');
  }
  assert.deepEqual(paths, ['/200', '/204', '/302', '/304', '/307', '/404', '/500', '/503']);
  assert.equal(target.sockets.length, 1, 'one connection was used for all');
});

test('what comes before the answer is not the answer', async (t) => {
  const { target, client } = await httpPair(t, (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('done');
  });
  const outcome = await client.request(requestTo(target.url));
  assert.equal(outcome.kind, 'answer');
  assert.equal(outcome.status, 200);
  assert.equal(outcome.body, 'done');
});

test('bytes that are not UTF-8 are replaced, split characters are joined', async (t) => {
  const { target, client } = await httpPair(t, (_request, response) => {
    const bytes = Buffer.from('é');
    response.write(bytes.subarray(0, 1));
    setImmediate(() => response.end(Buffer.concat([bytes.subarray(1), Buffer.from([0xff])])));
  });
  const outcome = await client.request(requestTo(target.url));
  assert.equal(outcome.kind, 'answer');
  assert.equal(outcome.body, 'é\ufffd');
});

test('the time-out covers the wait for the answer and its whole body', async (t) => {
  const { target, client } = await httpPair(t, (request, response) => {
    if (request.url === '/dribble') response.write('a');
  });
  const url = `${target.url}/?secret=1`;
  assert.deepEqual(faultOf(await client.request(requestTo(url, { timeoutMs: 50 }))), {
    reason: 'no answer within 50 ms',
    sent: true,
  });
  assert.deepEqual(faultOf(await client.request(requestTo(`${target.url}/dribble`, { timeoutMs: 50 }))), {
    reason: 'no complete answer within 50 ms',
    sent: true,
  });
});

test('a connection that is still being made when time is up is given up', async (t) => {
  const { target, client } = await tcpPair(t, (socket) => socket.resume());
  const connected = once(target.server, 'connection');
  const late = client.request(requestTo(`https://127.0.0.1:${target.port}/`, { timeoutMs: 50 }));
  await connected;
  const [socket] = target.sockets;
  assert.ok(socket);
  const closed = once(socket, 'close');
  assert.deepEqual(faultOf(await late), {
    reason: `no connection to 127.0.0.1:${target.port} within 50 ms`,
    sent: false,
  });
  await closed;
});

test('an answer that breaks off is a fault', async (t) => {
  const heads: Record<string, string> = {
    length: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
    chunked: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n',
    head: 'HTTP/1.1 200 OK\r\ncontent-le',
    nothing: '',
  };
  const { target, client } = await tcpPair(t, (socket) => {
    socket.once('data', (data) => {
      const name = /^GET \/(\w+)/.exec(String(data))?.[1] ?? '';
      socket.end(heads[name] ?? '');
    });
  });
  for (const name of Object.keys(heads)) {
    const { reason, sent } = faultOf(await client.request(requestTo(`${target.url}/${name}`)));
    assert.equal(
      reason,
      `127.0.0.1:${target.port} closed the connection before the answer was complete`,
      name,
    );
    assert.equal(sent, true, name);
  }
});

test('an answer whose end is the end of the connection is complete', async (t) => {
  const { target, client } = await tcpPair(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nabc'));
  });
  const outcome = await client.request(requestTo(target.url));
  assert.equal(outcome.kind, 'answer');
  assert.equal(outcome.body, 'abc');
});

test('what is not HTTP is a fault', async (t) => {
  const { target, client } = await tcpPair(t, (socket) => {
    socket.write('220 mail.example ESMTP\r\n');
  });
  const { reason } = faultOf(await client.request(requestTo(target.url)));
  assert.equal(reason, `the answer of 127.0.0.1:${target.port} is not HTTP`);
  const secure = faultOf(await client.request(requestTo(`https://127.0.0.1:${target.port}/`)));
  assert.match(secure.reason, /^no secure connection to 127\.0\.0\.1:\d+ \(\w+\)$/);
  assert.equal(secure.sent, false);
});

test('headers without end are a fault', async (t) => {
  const { target, client } = await tcpPair(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${'x-a: 1\r\n'.repeat(10_000)}`);
  });
  const { reason } = faultOf(await client.request(requestTo(target.url)));
  assert.equal(reason, `the answer of 127.0.0.1:${target.port} has more headers than are read`);
});

test('no more than maxBytes of a body are read', async (t) => {
  const { target, client } = await httpPair(t, (request, response) => {
    if (request.url === '/chunked') response.write('abc');
    else if (request.url === '/length') response.writeHead(200, { 'content-length': 11 }).flushHeaders();
    else if (request.url === '/head') response.writeHead(200, { 'content-length': 11 }).end();
    // Those that are too long never end, so that only reading less than all can settle them.
    if (request.url === '/chunked') response.write('defghijk');
    if (request.url === '/fits') response.end('abcdefghij');
  });
  const limited = (path: string, method = 'GET') =>
    requestTo(`${target.url}/${path}`, { maxBytes: 10, method });
  for (const path of ['chunked', 'length']) {
    assert.deepEqual(
      faultOf(await client.request(limited(path))),
      { reason: 'the answer is longer than 10 bytes', sent: true },
      path,
    );
  }
  const fits = await client.request(limited('fits'));
  assert.equal(fits.kind === 'answer' && fits.body, 'abcdefghij');
  const head = await client.request(limited('head', 'HEAD'));
  assert.equal(head.kind === 'answer' && head.headers['content-length'], '11');
});

test('a refused connection is named by its address', async (t) => {
  const { target, client } = await httpPair(t, () => {});
  await target.stop();
  assert.deepEqual(faultOf(await client.request(requestTo(`${target.url}/?secret=1`))), {
    reason: `connection refused by 127.0.0.1:${target.port}`,
    sent: false,
  });
});

test('what is refused never reaches the target', async (t) => {
  const { target, client } = await httpPair(t, (_request, response) => response.end());
  const refused: readonly [Partial<TargetRequest>, string][] = [
    [{ method: 'CONNECT' }, 'the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    [{ method: 'get /\r\n' }, 'the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    [
      { headers: { 'x-a': 'secret\r\nx-b: 1' } },
      'the value of the header x-a holds a character that headers cannot hold',
    ],
    [
      { headers: { 'x-a': 'secret\u0000' } },
      'the value of the header x-a holds a character that headers cannot hold',
    ],
    [
      { headers: { 'x-a': 'secret €' } },
      'the value of the header x-a holds a character that headers cannot hold',
    ],
    [{ headers: { 'x-a\r\nx-b': 'secret' } }, 'a header has a name that is not valid'],
    [{ headers: { '': 'secret' } }, 'a header has a name that is not valid'],
    [{ headers: { Host: 'secret' } }, 'the header Host is not one to be set'],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'the header Transfer-Encoding is not one to be set'],
    [{ url: 'ftp://127.0.0.1/' }, 'the URL begins with neither http:// nor https://'],
  ];
  for (const [changes, reason] of refused) {
    assert.deepEqual(await client.request(requestTo(target.url, changes)), { kind: 'refused', reason });
  }
  assert.equal(target.sockets.length, 0);
});

test('without permission the loopback address is refused', async (t) => {
  const { target, client } = pair(t, await serveHttp((_request, response) => response.end()), false);
  assert.deepEqual(await client.request(requestTo(target.url)), {
    kind: 'refused',
    reason: 'the address 127.0.0.1 is private; MUSTER_ALLOW_PRIVATE_TARGETS=1 allows it',
  });
  assert.equal(target.sockets.length, 0);
});

test('close ends everything', async (t) => {
  const { target, client } = await httpPair(t, (request, response) => {
    if (request.url === '/answer') response.end();
  });
  await client.request(requestTo(`${target.url}/answer`));
  const underWay = client.request(requestTo(`${target.url}/hang`));
  await once(target.server, 'request');
  const ended = target.sockets.map((socket) => once(socket, 'close'));
  await Promise.all([client.close(), client.close()]);
  assert.deepEqual(faultOf(await underWay), { reason: 'the server is stopping', sent: true });
  await Promise.all(ended);
  assert.deepEqual(await client.request(requestTo(target.url)), {
    kind: 'fault',
    reason: 'the server is stopping',
    sent: false,
    ms: 0,
  });
  assert.deepEqual(faultOf(await client.request(requestTo(target.url))).sent, false);
});
