import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, isUuid, type JsonObject } from '../../src/base/index.ts';
import { openFile } from '../../src/files/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const PATH = '/api/v1.1/file_upload';
const MB = 1_048_576;
const LIMIT = 20 * MB;
let server: TestServer;
let port: number;
let token: string;
const signals = createTestSignals();

before(async () => {
  server = await createTestServer({ uploadLimitBytes: LIMIT }, { signals });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const address = server.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  port = address.port;
  token = await server.makeToken(['import']);
});
beforeEach(async () => {
  await sql`truncate file_content, file_piece, file_upload, file, stored_answer`.execute(server.deps.db);
});
after(() => server.close());

async function countRows(): Promise<string> {
  const { rows } = await sql<{ counts: string }>`
    select (select count(*) from file_content) || ' contents, ' || (select count(*) from file_piece) || ' pieces, '
           || (select count(*) from file_upload) || ' uploads, ' || (select count(*) from file) || ' files' as counts
  `.execute(server.deps.db);
  return rows[0]?.counts ?? '';
}

const NOTHING = '0 contents, 0 pieces, 0 uploads, 0 files';

function fileIdOf(json: JsonObject): string {
  const { data } = json;
  assert.ok(isJsonObject(data), JSON.stringify(json));
  const { file } = data;
  assert.ok(typeof file === 'string' && isUuid(file));
  return file;
}

async function read(fileId: string): Promise<{ name: string; mimetype: string; bytes: Buffer }> {
  const file = await openFile(server.deps.db, fileId);
  assert.ok(file !== undefined);
  const pieces: Buffer[] = [];
  for await (const piece of file.pieces) pieces.push(piece);
  return { name: file.name, mimetype: file.mimetype, bytes: Buffer.concat(pieces) };
}

function head(length: number | string, ...headers: string[]): string {
  const framing = typeof length === 'number' ? `Content-Length: ${length}` : length;
  return [
    `POST ${PATH} HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    framing,
    ...headers,
    '',
    '',
  ].join('\r\n');
}

async function write(socket: Socket, data: string | Buffer): Promise<void> {
  if (!socket.write(data)) await once(socket, 'drain');
}

/** Sends all of it on a connection that the server is to close, and returns what has come back. */
async function exchange(parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (piece: string) => {
    text += piece;
  });
  const closed = once(socket, 'close');
  for (const part of parts) await write(socket, part);
  await closed;
  return text;
}

test('a data URI is stored under its name and type, and answered with a key', async () => {
  const data = 'data:text/csv;base64,YTtiCg==';
  const answer = await server.post(PATH, { token, header: 'a.csv', data });
  const file = fileIdOf(answer.json);
  assert.equal(answer.text, `{"data":{"file":"${file}"},"error":0,"error_text":"Successful operation"}`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await read(file), { name: 'a.csv', mimetype: 'text/csv', bytes: Buffer.from('a;b\n') });
  const { rows } = await sql`select token_id is null as owned, database_ids from file`.execute(
    server.deps.db,
  );
  assert.deepEqual(rows, [{ owned: false, database_ids: null }]);
});

test('plain base64, escapes, other spellings of path, content type and token', async () => {
  const bytes = randomBytes(3000);
  const base64 = bytes.toString('base64');
  const escaped = JSON.stringify(base64.replace(/.{76}/g, '$&\r\n'))
    .slice(1, -1)
    .replaceAll('/', '\\/')
    .replaceAll('+', '\\u002b');
  const bearer = { authorization: `Bearer ${token}` };
  const cases: [url: string, body: string, headers: Record<string, string>][] = [
    [PATH, `{"data":"${base64}","header":"x","token":"${token}"}`, {}],
    [`${PATH}/`, `\uFEFF {"data":"${escaped}","header":"x"}\n`, bearer],
    [`/api/v1.1//file_upload?token=${token}`, `{"header":"x","data":"${escaped}"}`, {}],
    [PATH, `{"token":"${token}","header":"x","data":"${base64}"}`, { 'content-type': 'text/plain' }],
    [PATH, `{"token":null,"unknown":[{"data":"y"}],"header":"x","data":"${base64}"}`, bearer],
  ];
  for (const [url, body, headers] of cases) {
    const file = await read(fileIdOf((await server.post(url, body, headers)).json));
    assert.equal(file.mimetype, 'application/octet-stream');
    assert.ok(file.bytes.equals(bytes), url);
  }
  assert.equal(await countRows(), '1 contents, 1 pieces, 0 uploads, 5 files');
});

test('XML is taken and answered too, within the limit of other bodies', async () => {
  const type = { 'content-type': 'application/xml' };
  const xml = (data: string): string =>
    `<request><token>${token}</token><header>a.txt</header><data>${data}</data></request>`;
  const options = { method: 'POST' as const, url: PATH, headers: type };
  const answer = await server.app.inject({ ...options, payload: xml('data:text/plain;base64,YQ==') });
  const file = /<file>(.*)<\/file>/.exec(answer.body)?.[1] ?? '';
  assert.deepEqual(await read(file), { name: 'a.txt', mimetype: 'text/plain', bytes: Buffer.from('a') });
  const large = await server.app.inject({ ...options, payload: xml('YWJj'.repeat(3 * MB)) });
  assert.match(large.body, /http: request body too large/);
  const wrong = await server.app.inject({ ...options, payload: xml('!') });
  assert.match(wrong.body, /data: expected base64/);
  assert.equal(await countRows(), '1 contents, 1 pieces, 0 uploads, 1 files');
});

test('what is wrong is named, and leaves nothing', async () => {
  const reader = await server.makeToken(['read']);
  const long = Buffer.alloc(MB).toString('base64');
  const base64 = 'data: expected base64 or a data URI with ;base64';
  const missing = 'token: missing; expected in the body, in the header Authorization: Bearer, or as ?token=';
  const unknown = 'token: unknown or revoked';
  const lacks = 'token: does not have the right import';
  const t = `"token":"${token}"`;
  const cases: [body: string, error: number, debug: string][] = [
    ['', 400, 'body: empty, expected a JSON object'],
    ['[]', 400, 'body: expected a JSON object, found a list'],
    [`{${t},"header":"a"}`, 400, 'data: expected base64 or a base64 data URI, a string'],
    [`{${t},"header":"a","data":7}`, 400, 'data: expected base64 or a base64 data URI, a string'],
    [`{${t},"data":"${long}"}`, 400, 'header: expected the name of the file, a string'],
    [`{${t},"data":"${long}","header":"a/b"}`, 400, 'header: expected a file name without a path'],
    [
      `{${t},"data":"${long}","header":"a\\nb"}`,
      400,
      'header: holds a line break or another control character',
    ],
    [`{${t},"header":"a","data":"${long}","data":"${long}"}`, 400, 'data: stands twice'],
    [`{${t},"header":"a","data":"${long}YQ"}`, 400, base64],
    [`{${t},"header":"a","data":"YWJj${long.slice(0, -4)}!"}`, 400, base64],
    [`{${t},"header":"a","data":"data:text/plain,hello"}`, 400, base64],
    [`{${t},"header":"a","data":"${long}`, 400, 'body: not valid JSON, it breaks off'],
    [`{${t},"header":"a","data":"${long}"`, 400, 'body: not valid JSON before or after data'],
    [
      `{${t},"header":"a","data":"${long}","format":"csv"}`,
      400,
      'format: the answer is no table; expected json or xml',
    ],
    [`{${t},"header":"${'a'.repeat(70_000)}"}`, 400, 'body: more than 65536 bytes beside data'],
    [`{"header":"a","data":"${long}"}`, 401, missing],
    [`{"header":"a","data":"${long}","token":"wrong"}`, 401, unknown],
    [`{"token":"wrong","header":"a","data":"${long}"}`, 401, unknown],
    [`{"token":"${reader}","header":"a","data":"${long}"}`, 403, lacks],
    [`{"header":"a","data":"${long}","token":"${reader}"}`, 403, lacks],
  ];
  for (const [body, error, debug] of cases) {
    const { json } = await server.post(PATH, body);
    assert.deepEqual([json['error'], json['error_debug']], [error, debug], body.slice(0, 100));
    assert.equal(await countRows(), NOTHING, debug);
  }
  const zipped = await server.post(PATH, '{}', { 'content-encoding': 'gzip' });
  assert.equal(zipped.json['error_debug'], 'http: a compressed body is not understood');
  const got = await server.app.inject({ method: 'GET', url: PATH });
  assert.match(got.body, /http: GET is not possible here, POST is expected/);
});

test('a body above its limit is refused by declared length or while it is read, and drained', async () => {
  const piece = Buffer.alloc(MB, 'A');
  const start = `{"token":"${token}","header":"a","data":"`;
  const close = 'Connection: close';
  const declared = [head(start.length + 30 * MB, close), start, ...new Array<Buffer>(30).fill(piece)];
  assert.match(await exchange(declared), /"error_debug":"http: request body too large"/);
  const chunks = new Array<(string | Buffer)[]>(30).fill([`${MB.toString(16)}\r\n`, piece, '\r\n']).flat();
  const chunked = [
    head('Transfer-Encoding: chunked', close),
    `${start.length.toString(16)}\r\n${start}\r\n`,
    ...chunks,
    '0\r\n\r\n',
  ];
  assert.match(await exchange(chunked), /"error_debug":"http: request body too large"/);
  assert.equal(await countRows(), NOTHING);
});

test('a token that is no good is refused before the content is stored', async () => {
  const start = `{"token":"wrong","header":"a","data":"`;
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await write(socket, head(start.length + 10 * MB) + start);
  const [text] = await once(socket, 'data');
  assert.match(String(text), /"error":401/);
  // The rest is dropped and the connection goes on.
  for (let sent = 0; sent < 10; sent += 1) await write(socket, Buffer.alloc(MB, 'A'));
  await write(socket, `${head(2)}{}`);
  const [next] = await once(socket, 'data');
  assert.match(String(next), /"error":401/);
  socket.destroy();
  const closing = [head(start.length + 5 * MB, 'Connection: close'), start, Buffer.alloc(5 * MB, 'A')];
  assert.match(await exchange(closing), /"error":401/);
  assert.equal(await countRows(), NOTHING);
});

test('a connection that ends in the middle leaves nothing', async () => {
  const start = `{"token":"${token}","header":"a","data":"`;
  const socket = connect(port, '127.0.0.1');
  await write(socket, head(start.length + 10 * MB) + start);
  await write(socket, Buffer.alloc(3 * MB, 'A'));
  await untilUploading();
  const ended = signals.until('file_upload', 'settled');
  socket.destroy();
  assert.equal(await ended, 0);
  assert.equal(await countRows(), NOTHING);
});

/** Resolves when a piece was stored of an upload that is under way. */
async function untilUploading(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ pieces: number }>`select count(*) as pieces from file_piece`.execute(
      server.deps.db,
    );
    if ((rows[0]?.pieces ?? 0) > 0) return;
  }
}

test('a repeat is answered as the first was and stores nothing; another body is another request', async () => {
  const body = { token, header: 'a', data: 'YQ==' };
  const first = await server.post(PATH, body);
  const repeat = await server.post(PATH, body);
  assert.equal(repeat.text, first.text);
  assert.equal(repeat.headers['duplicate-request'], 'true');
  const other = await server.post(PATH, { ...body, data: 'Yg==' });
  assert.notEqual(fileIdOf(other.json), fileIdOf(first.json));
  const named = await server.post(PATH, { ...body, header: 'b' }, { 'request-id': 'r1' });
  assert.equal((await server.post(PATH, { ...body, header: 'b' }, { 'request-id': 'r1' })).text, named.text);
  assert.equal(
    (await server.post(PATH, { ...body, data: 'Yw==' }, { 'request-id': 'r1' })).json['error'],
    409,
  );
  assert.equal(await countRows(), '2 contents, 2 pieces, 0 uploads, 3 files');
});

test('two that send the same at once get one file', async () => {
  const body = { token, header: 'a', data: randomBytes(2 * MB).toString('base64') };
  const [first, second] = await Promise.all([server.post(PATH, body), server.post(PATH, body)]);
  assert.equal(first?.text, second?.text);
  assert.equal(await countRows(), '1 contents, 8 pieces, 0 uploads, 1 files');
});

test('no request has met a fault', () => {
  assert.deepEqual(server.faults, []);
});

test('a file of many pieces comes back as it was sent', async () => {
  const bytes = randomBytes(14 * MB);
  const start = `{"token":"${token}","header":"a","data":"`;
  const text = bytes.toString('base64');
  const parts = [head(start.length + text.length + 2, 'Connection: close'), start, text, '"}'];
  const answer = await exchange(parts);
  const file = /"file":"([^"]*)"/.exec(answer)?.[1] ?? '';
  assert.ok((await read(file)).bytes.equals(bytes), answer);
});
