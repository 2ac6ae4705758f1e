import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isJsonObject, type JsonObject, ManualClock, parseJson } from '../../src/base/index.ts';
import { createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let admin: string;
let databaseId: number;

before(async () => {
  server = await createTestServer({}, { clock });
  admin = await server.makeToken(['admin']);
  databaseId = await createAdminClient(server, admin).make('/databases', { name: 'd' });
});
after(() => server.close());

async function submit(...emails: string[]): Promise<string> {
  clock.advance(1);
  const data = emails.map((email) => ({ data: { email } }));
  const body = data.map((item) => JSON.stringify(item)).join('\n');
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/imports?db_id=${databaseId}`,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/x-ndjson' },
    payload: body,
  });
  const json = parseJson(answer.body);
  assert.ok(isJsonObject(json) && typeof json['task_id'] === 'string', answer.body);
  return json['task_id'];
}

/** A client of the stream. */
class Client {
  readonly #chunks: AsyncIterator<Buffer>;
  #text = '';
  isOver = false;

  static async open(query: string, token = admin): Promise<Client> {
    const answer = await server.app.inject({
      method: 'GET',
      url: `/api/admin/tasks/stream?${query}`,
      headers: { authorization: `Bearer ${token}` },
      payloadAsStream: true,
    });
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
    return new Client(answer.stream()[Symbol.asyncIterator]());
  }

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks;
  }

  /** The tasks of the next event, while time goes on. */
  async next(): Promise<JsonObject[]> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        await this.#read();
        if (this.isOver) return [];
        continue;
      }
      const event = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const line = event.split('\n').find((one) => one.startsWith('data: '));
      if (line === undefined) continue;
      assert.ok(event.startsWith('event: tasks\n'), event);
      const json = parseJson(line.slice('data: '.length));
      assert.ok(isJsonObject(json) && Array.isArray(json['data']));
      return json['data'].filter(isJsonObject);
    }
  }

  async #read(): Promise<void> {
    const reading = this.#chunks.next();
    let isRead = false;
    void reading.then(() => {
      isRead = true;
    });
    while (!isRead) {
      // Only once the tasks were looked at: on a busy machine the minutes of a stream would pass before its first look.
      if ((clock.untilNext() ?? Number.POSITIVE_INFINITY) <= 1000) clock.advance(1000);
      await setImmediate();
    }
    const { done, value } = await reading;
    if (done === true) this.isOver = true;
    else this.#text += value.toString();
  }
}

test('a stream begins with the newest tasks, and goes on with what changes', async () => {
  const [first, second] = [await submit('a@x.org'), await submit('b@x.org', 'c@x.org')];
  const client = await Client.open('limit=2');
  assert.deepEqual(
    (await client.next()).map(({ id, status }) => [id, status]),
    [
      [second, 'pending'],
      [first, 'pending'],
    ],
  );
  await server.app.inject({
    method: 'POST',
    url: `/api/admin/tasks/${first}/cancel`,
    headers: { authorization: `Bearer ${admin}` },
  });
  // The other one moves up in the queue.
  const changed = new Map((await client.next()).map((task) => [task['id'], task]));
  assert.equal(changed.get(first)?.['status'], 'cancelled');
  assert.equal(changed.get(second)?.['queue_place'], 1);
  const third = await submit('d@x.org');
  assert.deepEqual(
    (await client.next()).map(({ id }) => id),
    [third],
  );
});

test('named tasks are followed, those of other databases are not told of', async () => {
  const own = await submit('e@x.org');
  const named = await Client.open(`ids=${own}`);
  assert.deepEqual(
    (await named.next()).map(({ id }) => id),
    [own],
  );
  const bound = await server.makeToken(['admin'], [999]);
  assert.deepEqual(await (await Client.open(`ids=${own}`, bound)).next(), []);
});

test('a stream ends after some minutes, and when the server closes', async () => {
  const client = await Client.open('limit=1');
  await client.next();
  while (!client.isOver) await client.next();

  const other = await createTestServer({}, { clock });
  const token = await other.makeToken(['admin']);
  const answer = await other.app.inject({
    method: 'GET',
    url: '/api/admin/tasks/stream',
    headers: { authorization: `Bearer ${token}` },
    payloadAsStream: true,
  });
  const stream = answer.stream();
  stream.resume();
  const ended = new Promise((resolve) => stream.once('end', resolve));
  await other.close();
  await ended;
});
