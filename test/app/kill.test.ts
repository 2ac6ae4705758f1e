import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { MailServer } from '../../demo/mail-server.ts';
import { type Muster, startMuster } from '../../src/app.ts';
import { type FailPoint, failPoints, isJsonObject, ManualClock, parseJson } from '../../src/base/index.ts';
import { readConfig } from '../../src/config/index.ts';
import type { Db } from '../../src/db/index.ts';
import { createTestDatabase } from '../support/database.ts';

const TOKEN = 'a-token-of-the-kill-test';
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const ITEMS = 600;
const BAD_ITEMS = 6;

/** The real program in a process of its own, which kills itself with SIGKILL at the point. */
interface Victim {
  readonly process: ChildProcess;
  readonly url: string;
  readonly ended: Promise<unknown[]>;
}

/** Counts the calls by Idempotency-Key. */
const calls = new Map<string, number>();
const sink = createServer((request, response) => {
  if (request.url === '/hook') return void takeEvents(request, response);
  const key = String(request.headers['idempotency-key']);
  calls.set(key, (calls.get(key) ?? 0) + 1);
  request.resume().on('end', () => response.writeHead(200).end());
});

/** The bodies that came under each webhook-id, and the ids of all events in them. */
const deliveries = new Map<string, Set<string>>();
const eventIds = new Set<string>();
async function takeEvents(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const id = String(request.headers['webhook-id']);
  deliveries.set(id, new Set([...(deliveries.get(id) ?? []), body]));
  const events = parseJson(body);
  assert.ok(Array.isArray(events));
  for (const event of events) eventIds.add(Object(event)['event_id']);
  response.writeHead(200).end();
}

let mailServer: MailServer;
/** How often each mail came, by Message-ID. */
function mails(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { bytes } of mailServer.mails) {
    const id = /^Message-ID: (\S+)/im.exec(bytes.toString('latin1'))?.[1] ?? 'none';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

before(async () => {
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
});
beforeEach(async () => {
  for (const known of [calls, deliveries, eventIds]) known.clear();
  mailServer = await MailServer.start({ keep: 10_000 });
});
afterEach(() => mailServer.stop());
after(() => sink.close());

function environment(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    ...{ DATABASE_URL: url, PORT: '0', MUSTER_TOKEN: TOKEN, MUSTER_ALLOW_PRIVATE_TARGETS: '1' },
    ...{ MUSTER_LOG_LEVEL: 'silent', MUSTER_DB_CONNECTIONS: '8' },
    ...{ MUSTER_SECRET_KEY: '01'.repeat(32), ...more },
  };
}

async function startVictim(url: string, failPoint: string): Promise<Victim> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', ...environment(url, { MUSTER_FAIL_POINT: failPoint }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^Muster listens at (\S+)$/.exec(line)?.[1];
    if (found !== undefined) return { process: child, url: found, ended };
  }
  throw new Error('the process ended before it listened');
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
  });
  return parseJson(await answer.text());
}

/** What sends mails and is told of events. */
async function makeSurroundings(url: string): Promise<void> {
  const { port } = Object(sink.address());
  const sender = { name: 's', channel: 'email', host: '127.0.0.1', port: mailServer.port, secure: 'none' };
  const made = await post(`${url}/api/admin/senders`, { ...sender, from: 'shop@example.com' });
  const change = { method: 'PATCH', body: JSON.stringify({ senders: { email: Object(made)['id'] } }) };
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const changed = await fetch(`${url}/api/admin/resources/1`, { ...change, headers });
  assert.equal(changed.status, 200);
  const hook = { name: 'h', url: `http://127.0.0.1:${port}/hook`, batch_size: 500, batch_timeout: 0 };
  assert.ok(Object(await post(`${url}/api/admin/hooks`, hook))['id'] > 0);
}

async function makeWorkflow(url: string): Promise<number> {
  await makeSurroundings(url);
  const { port } = Object(sink.address());
  const nodes = [
    { id: 'start', type: 'start', next: 'named' },
    { id: 'named', type: 'condition', filter: { _lname: 'Even' }, yes: 'call', no: 'mark' },
    {
      id: 'call',
      type: 'api_call',
      url: `http://127.0.0.1:${port}/`,
      body: { who: '{lead.email}' },
      next: 'mark',
    },
    { id: 'mark', type: 'update_profile', fields: { _city: 'Done' }, next: 'even' },
    { id: 'even', type: 'condition', filter: { _lname: 'Even' }, yes: 'mail', no: 'end' },
    { id: 'mail', type: 'send', channel: 'email', resource_id: 1, template_id: 1, next: 'end' },
    { id: 'end', type: 'end' },
  ];
  const definition = { nodes };
  const made = await post(`${url}/api/admin/workflows`, {
    name: 'w',
    database_id: 1,
    reentry: 'each',
    definition,
  });
  assert.ok(isJsonObject(Object(made)));
  const { id } = Object(made);
  for (const action of ['publish', 'activate']) await post(`${url}/api/admin/workflows/${id}/${action}`, {});
  return id;
}

/** Lets profiles be found by a field that they have already; refused where that was declared before. */
function declareField(url: string): Promise<unknown> {
  return post(`${url}/api/admin/databases/1/fields`, { name: '_lname', match: true });
}

function batch(workflowId: number): object {
  const data = Array.from({ length: ITEMS }, (_, index) => ({
    data: {
      email: index < BAD_ITEMS ? 'no address' : `k${index}@example.com`,
      _lname: index % 2 === 0 ? 'Even' : 'Odd',
    },
  }));
  return { workflow_id: workflowId, data };
}

/** A server in this process whose clock is an hour ahead: all leases of the dead one are over. */
class Survivor {
  readonly #clock = new ManualClock(new Date(Date.now() + 3_600_000));
  #muster: Muster | undefined;
  #reported = Promise.withResolvers<void>();

  async start(url: string): Promise<string> {
    this.#muster = await startMuster(readConfig(environment(url)), {
      clock: this.#clock,
      signals: {
        reach: () => {},
        report: () => {
          const reported = this.#reported;
          this.#reported = Promise.withResolvers<void>();
          reported.resolve();
        },
      },
    });
    return this.#muster.url;
  }

  /** Looks again whenever a loop has settled something or found nothing, and then lets time go on. */
  async until(isDone: () => Promise<boolean>): Promise<void> {
    for (let looks = 0; !(await isDone()); looks += 1) {
      assert.ok(looks < 2_000, 'the work did not come to its end');
      const { promise } = this.#reported;
      this.#clock.advance(1_000);
      await promise;
    }
  }

  async stop(): Promise<void> {
    await this.#muster?.stop();
  }
}

async function one(db: Db, statement: ReturnType<typeof sql<Record<string, unknown>>>) {
  const { rows } = await statement.execute(db);
  assert.equal(rows.length, 1);
  return rows[0];
}

async function isOver(db: Db): Promise<boolean> {
  const left = await one(
    db,
    sql`select (select count(*) from task where finished_at is null) as tasks,
               (select count(*) from run where status in ('active', 'waiting')) as runs,
               (select count(*) from api_call where status = 'queued') as calls,
               (select count(*) from message where status = 'queued') as messages,
               (select count(*) from hook_delivery where status = 'queued') as deliveries,
               (select count(*) from field_build where finished_at is null) as builds`,
  );
  const told = await one(db, sql`select coalesce(sum(events), 0)::int as events from event_batch`);
  const isDone = left !== undefined && Object.values(left).every((count) => count === 0);
  return isDone && told?.['events'] === eventIds.size;
}

async function checkLedger(db: Db, mayRepeat: boolean): Promise<void> {
  const good = ITEMS - BAD_ITEMS;
  const called = Array.from({ length: ITEMS }, (_, index) => index).filter(
    (index) => index >= BAD_ITEMS && index % 2 === 0,
  ).length;
  assert.deepEqual(
    await one(
      db,
      sql`select total, created, invalid, started, runs_ended, runs_waiting, runs_failed from task`,
    ),
    {
      total: ITEMS,
      created: good,
      invalid: BAD_ITEMS,
      started: good,
      runs_ended: good,
      runs_waiting: 0,
      runs_failed: 0,
    },
  );
  assert.deepEqual(
    await one(
      db,
      sql`select (select count(*) from profile) as profiles,
                 (select count(distinct fields ->> 'email') from profile where fields ->> '_city' = 'Done') as marked,
                 (select count(*) from identity where kind = 1) as identities,
                 (select count(*) from identity where kind > 100) as built,
                 (select count(*) from run) as runs,
                 (select count(distinct profile_id) from run where status = 'ended') as walked,
                 (select count(*) from api_call where status = 'done') as calls,
                 (select count(*) from message where status = 'sent') as mails,
                 (select sum(passed)::bigint from node_count where node = 'end') as ended`,
    ),
    {
      profiles: good,
      marked: good,
      identities: good,
      built: good,
      runs: good,
      walked: good,
      calls: called,
      mails: called,
      ended: good,
    },
  );
  assert.equal(calls.size, called);
  const repeated = [...calls.values()].filter((times) => times > 1).length;
  // The one gap: a call that was sent and whose outcome was not written goes out again, with the same key.
  if (!mayRepeat) assert.equal(repeated, 0, 'a call came twice');
  const arrived = mails();
  assert.equal(arrived.size, called, 'each mail arrived');
  const twice = [...arrived.values()].filter((times) => times > 1).length;
  if (!mayRepeat) assert.equal(twice, 0, 'a mail came twice');
  for (const bodies of deliveries.values()) assert.equal(bodies.size, 1, 'the same bytes at every try');
}

/** Points that come after the first runs were started: from there on calls may be under way when the process dies. */
function mayRepeatCalls(point: FailPoint): boolean {
  return !point.startsWith('accept.') && point !== 'import.claimed' && point !== 'import.before-commit';
}

for (const point of failPoints) {
  test(`killed at ${point}: after a restart everything is imported, started and done once`, async () => {
    const database = await createTestDatabase();
    const survivor = new Survivor();
    try {
      const victim = await startVictim(database.url, point);
      const workflowId = await makeWorkflow(victim.url);
      const path = '/api/v1.1/workflows/import_and_start_batch_task';
      const headers = { 'request-id': 'the-batch' };
      const answer = await post(`${victim.url}${path}`, batch(workflowId), headers).catch(() => undefined);
      // Its work begins beside the import, or after the restart.
      await declareField(victim.url).catch(() => undefined);
      const [code, signal] = await victim.ended;
      assert.deepEqual([code, signal], [null, 'SIGKILL']);

      const url = await survivor.start(database.url);
      // Without an answer a client sends again, and with the same Request-ID it never makes a second task.
      const again = await post(`${url}${path}`, batch(workflowId), headers);
      if (answer !== undefined) assert.deepEqual(again, answer);
      assert.equal(Object(again)['error'], 0);
      await declareField(url);
      await survivor.until(() => isOver(database.db));
      await checkLedger(database.db, mayRepeatCalls(point));
    } finally {
      await survivor.stop();
      await database.drop();
    }
  });
}
