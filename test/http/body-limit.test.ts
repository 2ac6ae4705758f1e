import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createTestServer, type TestServer } from './test-server.ts';

const MB = 1_048_576;
const TOO_LARGE = '{"error":400,"error_debug":"http: request body too large","error_text":"Invalid request"}';
const PATH = '/api/v1.1/workflows/import_and_start_batch_task';
let server: TestServer;
let port: number;

before(async () => {
  server = await createTestServer();
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const address = server.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  port = address.port;
});
after(() => server.close());

function head(path: string, ...headers: string[]): string {
  return [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', ...headers, '', ''].join(
    '\r\n',
  );
}

async function write(socket: Socket, data: string | Buffer): Promise<void> {
  if (!socket.write(data)) await once(socket, 'drain');
}

/** Everything that the server sends on the connection. */
class Answers {
  text = '';
  readonly socket: Socket;
  #heard: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      this.text += piece;
      this.#heard?.();
    });
    socket.on('close', () => this.#heard?.());
  }

  async until(part: string, times = 1): Promise<void> {
    while (this.text.split(part).length <= times) {
      assert.ok(!this.socket.destroyed, `the connection ended before ${part} came: ${this.text}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

async function open(): Promise<Answers> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return new Answers(socket);
}

const piece = Buffer.alloc(MB, 'x');

async function sendBody(socket: Socket, megabytes: number, chunked: boolean): Promise<void> {
  for (let sent = 0; sent < megabytes; sent += 1) {
    if (chunked) await write(socket, `${MB.toString(16)}\r\n`);
    await write(socket, piece);
    if (chunked) await write(socket, '\r\n');
  }
  if (chunked) await write(socket, '0\r\n\r\n');
}

for (const megabytes of [11, 200]) {
  for (const chunked of [false, true]) {
    const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${megabytes * MB}`;
    test(`${megabytes} MB, ${framing}: answered, drained, and the connection goes on`, async () => {
      const before = process.memoryUsage().rss;
      const answers = await open();
      await write(answers.socket, head(PATH, framing));
      await sendBody(answers.socket, megabytes, chunked);
      await answers.until(TOO_LARGE);
      await write(answers.socket, `${head('/api/v1.1/tasks/status', 'Content-Length: 2')}{}`);
      await answers.until('"error":401');
      assert.match(answers.text, /^HTTP\/1\.1 200 OK\r\n/);
      const grown = (process.memoryUsage().rss - before) / MB;
      assert.ok(grown < 100, `memory has grown by ${Math.round(grown)} MB`);
      answers.socket.destroy();
    });
  }
}

test('the answer comes while the client is still sending', async () => {
  for (const chunked of [false, true]) {
    const answers = await open();
    await write(
      answers.socket,
      head(PATH, chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${12 * MB}`),
    );
    if (chunked) {
      await write(answers.socket, `${(12 * MB).toString(16)}\r\n`);
      for (let sent = 0; sent < 11; sent += 1) await write(answers.socket, piece);
    }
    await answers.until(TOO_LARGE);
    answers.socket.destroy();
  }
});

test('a client that closes after the answer can read it too', async () => {
  for (const path of [PATH, '/api/admin/databases']) {
    const secret = await server.makeToken(['admin']);
    const answers = await open();
    await write(
      answers.socket,
      head(path, `Content-Length: ${60 * MB}`, 'Connection: close', `Authorization: Bearer ${secret}`),
    );
    await sendBody(answers.socket, 60, false);
    await once(answers.socket, 'close');
    if (path === PATH) assert.ok(answers.text.endsWith(TOO_LARGE), answers.text);
    else assert.match(answers.text, /^HTTP\/1\.1 413 .*"title":"Body too large"/s);
  }
});

test('a body of exactly the limit is read', async () => {
  const answers = await open();
  const body = `{"a":"${'x'.repeat(10 * MB - 8)}"}`;
  await write(answers.socket, head(PATH, `Content-Length: ${body.length}`));
  await write(answers.socket, body);
  await answers.until('"error":401');
  answers.socket.destroy();
});

test('broken framing and clients that go away are no faults of ours', async () => {
  const bad = await open();
  await write(bad.socket, head(PATH, 'Content-Length: many'));
  await once(bad.socket, 'close');
  assert.match(bad.text, /^HTTP\/1\.1 400 /);

  const closed = new Promise<void>((resolve) => {
    server.app.server.once('connection', (socket) => socket.once('close', () => resolve()));
  });
  const gone = await open();
  await write(gone.socket, `${head(PATH, 'Content-Length: 1000')}{"a":`);
  gone.socket.destroy();
  await closed;
  assert.equal((await server.post('/api/v1.1/tasks/status', {})).json['error'], 401);
  assert.deepEqual(server.faults, []);
});
