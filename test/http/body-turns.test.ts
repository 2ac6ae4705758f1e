import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { ManualClock } from '../../src/base/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const MB = 1_048_576;
const PATH = '/api/v1.1/tasks/status';
/** What a body gets that was read and parsed. */
const JUDGED = '"error":401';
const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
const body = Buffer.from(`{"a":"${'x'.repeat(MB - 8)}"}`);
let server: TestServer;
let port: number;

before(async () => {
  // Room for one of these bodies.
  server = await createTestServer({ bodiesAtOnceBytes: MB }, { clock });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const address = server.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  port = address.port;
});
after(() => server.close());

/** A request whose body is sent by hand. */
class Sender {
  text = '';
  readonly socket: Socket;
  readonly closed: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (piece: string) => {
      this.text += piece;
    });
    socket.on('error', () => {});
    this.closed = once(socket, 'close');
  }

  static async open(framing = `Content-Length: ${MB}`): Promise<Sender> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const sender = new Sender(socket);
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${framing}\r\n\r\n`);
    return sender;
  }

  /** What the server has said until it closed the connection. */
  async answer(): Promise<string> {
    await this.closed;
    return this.text;
  }
}

/** Reads the figures until the gate has so many waiting and holds so many bytes. */
async function untilGate(waiting: number, heldBytes: number): Promise<void> {
  let found = '';
  for (let look = 0; look < 2_000; look += 1) {
    const { body: figures } = await server.app.inject({ method: 'GET', url: '/metrics' });
    found = [...figures.matchAll(/^muster_request_bodies_\w+ \d+$/gm)].map(([line]) => line).join(', ');
    const wanted = `muster_request_bodies_waiting ${waiting}, muster_request_bodies_held_bytes ${heldBytes}`;
    if (found === wanted) return;
  }
  assert.fail(`the gate says ${found}`);
}

test('a large body waits for its turn, a small one does not', async () => {
  const first = await Sender.open();
  first.socket.write(body.subarray(0, 1000));
  await untilGate(0, MB);
  const second = await Sender.open();
  second.socket.write(body);
  await untilGate(1, MB);
  assert.equal((await server.post(PATH, {})).json['error'], 401);
  assert.equal(second.text, '');
  first.socket.write(body.subarray(1000));
  assert.ok((await first.answer()).includes(JUDGED));
  assert.ok((await second.answer()).includes(JUDGED));
  await untilGate(0, 0);
});

test('a body of unknown length counts as small until it is large', async () => {
  const first = await Sender.open();
  await untilGate(0, MB);
  const second = await Sender.open('Transfer-Encoding: chunked');
  await untilGate(0, MB + 262_144);
  second.socket.write(`${MB.toString(16)}\r\n`);
  second.socket.write(body);
  second.socket.write('\r\n0\r\n\r\n');
  await untilGate(1, MB + 262_144);
  first.socket.write(body);
  assert.ok((await first.answer()).includes(JUDGED));
  assert.ok((await second.answer()).includes(JUDGED));
  await untilGate(0, 0);
});

test('a client that goes away gives its place up, whether it waits or sends', async () => {
  const first = await Sender.open();
  await untilGate(0, MB);
  const waiting = await Sender.open();
  await untilGate(1, MB);
  waiting.socket.destroy();
  await untilGate(0, MB);
  // Of this one so much lies unread that its end is not seen before its turn.
  const unread = await Sender.open();
  unread.socket.write(body.subarray(1));
  await untilGate(1, MB);
  unread.socket.destroy();
  first.socket.destroy();
  await untilGate(0, 0);
  assert.deepEqual(server.faults, []);
});

test('one that had to wait has as long to send as any other, from its turn on', async () => {
  const first = await Sender.open();
  await untilGate(0, MB);
  const second = await Sender.open();
  second.socket.write(body.subarray(0, 1000));
  await untilGate(1, MB);
  clock.advance(299_000);
  first.socket.write(body);
  await first.closed;
  await untilGate(0, MB);
  clock.advance(299_000);
  await untilGate(0, MB);
  clock.advance(1_000);
  assert.equal(await second.answer(), '');
  await untilGate(0, 0);
  assert.deepEqual(server.faults, []);
});

test('a server that stops does not wait for those at the gate', async () => {
  const stopping = await createTestServer({ bodiesAtOnceBytes: MB }, { clock });
  const own = server;
  const ownPort = port;
  server = stopping;
  await stopping.app.listen({ port: 0, host: '127.0.0.1' });
  const address = stopping.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  port = address.port;
  const [first, second] = [await Sender.open(), await Sender.open()];
  await untilGate(1, MB);
  const closed = stopping.close();
  stopping.app.server.closeAllConnections();
  await closed;
  assert.equal(await first.answer(), '');
  assert.equal(await second.answer(), '');
  assert.deepEqual(stopping.faults, []);
  [server, port] = [own, ownPort];
});
