import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { openBudget, reportReach } from '../../src/budgets/index.ts';
import type { AdminClient } from './admin-client.ts';
import { NOW, openAdminScene } from './admin-scene.ts';
import type { TestServer } from './test-server.ts';

const KEY = 'host https://api.example';
const QUERY = `/budgets?key=${encodeURIComponent(KEY)}`;
const LIMITS = { key: KEY, concurrency: 5, per_second: 0.5 };
const UNTOUCHED = {
  ...{ under_way: 0, breaker: 'closed', failures: 0, reason: null, opened_at: null, retry_at: null },
};

let server: TestServer;
let admin: AdminClient;
/** An administrator of database 1 alone. */
let bound: AdminClient;
before(async () => {
  ({ server, admin, bound } = await openAdminScene());
});
beforeEach(() => sql`truncate budget, api_call, run`.execute(server.deps.db));
after(() => server.close());

/** Calls 1, 2, … with these columns, each of a run of its own that waits for it. */
async function addCalls(...calls: Partial<Record<string, string | number | null>>[]): Promise<void> {
  const { db } = server.deps;
  for (const [index, columns] of calls.entries()) {
    const id = String(index + 1).padStart(24, '0');
    const row = {
      ...{ slot: index, id, database_id: 1, run_id: id.replace('0', 'a'), profile_id: id.replace('0', 'b') },
      ...{
        workflow_id: 1,
        version: 1,
        node: 'ask',
        request: { method: 'POST', headers: { secret: 'hunter2' } },
      },
      ...{
        retries_left: 3,
        attempts: 0,
        status: 'queued',
        created_at: NOW,
        due_at: NOW,
        host: 'https://a.example',
      },
      ...{ share: 0, on_unknown: 'park', ...columns },
    };
    await sql`
      insert into run (slot, id, database_id, profile_id, workflow_id, version, node, status, effect_id, steps, started_at)
      values (${row.slot}, ${row.run_id}, ${row.database_id}, ${row.profile_id}, 1, 1, 'ask', 'waiting', ${id}, 1, ${NOW})
    `.execute(db);
    await sql`insert into api_call select * from json_populate_record(null::api_call, ${JSON.stringify(row)}::json)`.execute(
      db,
    );
  }
}

async function idsOf(filter: string): Promise<number[]> {
  return (await admin.data(`/calls?${filter}`)).map(({ id }) => Number(id));
}

test('a budget is set, seen, and given its defaults again', async () => {
  const set = { ...LIMITS, ...UNTOUCHED };
  assert.deepEqual(await admin.object('PUT', '/budgets', 200, LIMITS), set);
  assert.deepEqual(await admin.data('/budgets'), [set]);
  assert.deepEqual(await admin.data('/budgets?prefix=sender'), []);
  const freed = { ...set, concurrency: null, per_second: null };
  assert.deepEqual(await admin.object('PUT', '/budgets', 200, { key: KEY }), freed);
  await admin.gone(QUERY);
  assert.deepEqual(await admin.data('/budgets'), []);
  await admin.problem('DELETE', QUERY, 404);
});

test('an open breaker is seen with its reason, in the metrics too, and is closed by removing the budget', async () => {
  const { db, clock, metrics } = server.deps;
  const none = { concurrency: null, perSecond: null };
  for (const key of [KEY, 'sender 3']) await openBudget(db, key, none, clock.now());
  const tries = { reached: 0, unreachable: 5, reason: 'connection refused' };
  metrics.observeBreaker(KEY, (await reportReach(db, KEY, tries, clock.now())) ?? 'closed');
  await addCalls({
    host: 'https://api.example',
    claim_token: '00000000-0000-4000-8000-000000000001',
    due_at: '2027-01-01',
  });
  const [host, sender] = await admin.data('/budgets');
  assert.deepEqual(host, {
    ...{ key: KEY, concurrency: null, per_second: null, under_way: 1, breaker: 'open', failures: 5 },
    ...{ reason: 'connection refused', opened_at: NOW, retry_at: '2026-03-02T10:00:05.000Z' },
  });
  assert.deepEqual(
    [sender?.['key'], sender?.['under_way'], sender?.['breaker']],
    ['sender 3', null, 'closed'],
  );
  const { body } = await server.app.inject({ url: '/metrics' });
  for (const line of [
    `muster_breaker_open{key="${KEY}"} 1`,
    'muster_breaker_open{key="sender 3"} 0',
    `muster_budget_under_way{key="${KEY}"} 1`,
    `muster_breaker_openings_total{key="${KEY}"} 1`,
  ]) {
    assert.ok(body.split('\n').includes(line), line);
  }
  await admin.gone(QUERY);
  assert.deepEqual(
    (await admin.data('/budgets')).map(({ key }) => key),
    ['sender 3'],
  );
});

for (const [body, errors] of [
  [{ key: 'sender 1', concurrency: 1 }, /^key: /],
  [{ key: 'host ftp://a.example' }, /^key: /],
  [{ key: 'host https://API.example' }, /^key: .*host https:\/\/api\.example/],
  [{ key: 'host https://a.example:443' }, /^key: .*host https:\/\/a\.example$/],
  [{ key: 'host https://a.example/path' }, /^key: /],
  [{ ...LIMITS, concurrency: 0 }, /^concurrency: /],
  [{ ...LIMITS, per_second: 0 }, /^per_second: /],
  [{ ...LIMITS, rate: 1 }, /rate/],
] as const) {
  test(`a budget that would be nobody’s, or nothing, is refused: ${JSON.stringify(body)}`, async () => {
    assert.match((await admin.problem('PUT', '/budgets', 400, body)).join(), errors);
    assert.deepEqual(await admin.data('/budgets'), []);
  });
}

test('budgets belong to no database, so a bound token has no business with them', async () => {
  await bound.problem('GET', '/budgets', 403);
  await bound.problem('PUT', '/budgets', 403, LIMITS);
  await bound.problem('DELETE', QUERY, 403);
});

test('calls are listed, the latest first, by what they have in common, without their requests', async () => {
  await addCalls(
    {},
    { workflow_id: 2, host: 'https://b.example' },
    { status: 'done', http_status: 200, due_at: null, settled_at: NOW, attempts: 1 },
    { status: 'unknown', due_at: null, fault: 'no answer within 10 s' },
    { status: 'unknown', due_at: null, settled_at: NOW, database_id: 2 },
  );
  assert.deepEqual(await idsOf(''), [5, 4, 3, 2, 1]);
  assert.deepEqual(await idsOf('status=queued'), [2, 1]);
  assert.deepEqual([await idsOf('status=parked'), await idsOf('status=unknown')], [[4], [5]]);
  assert.deepEqual(await idsOf('workflow_id=2'), [2]);
  assert.deepEqual(await idsOf('host=https://b.example'), [2]);
  assert.deepEqual(await idsOf(`run_id=${'3'.padStart(24, '0').replace('0', 'a')}`), [3]);
  const page = await admin.object('GET', '/calls?limit=2&status=queued', 200);
  assert.equal(page['next_after'], null);
  const first = await admin.object('GET', '/calls?limit=3', 200);
  assert.deepEqual(await idsOf(`limit=3&after=${first['next_after']}`), [2, 1]);
  assert.deepEqual(
    (await bound.data('/calls')).map(({ id }) => Number(id)),
    [4, 3, 2, 1],
  );
  const [parked] = await admin.data('/calls?status=parked');
  assert.deepEqual(parked, {
    ...{
      id: '4'.padStart(24, '0'),
      status: 'parked',
      database_id: 1,
      workflow_id: 1,
      version: 1,
      node: 'ask',
    },
    ...{
      run_id: '4'.padStart(24, '0').replace('0', 'a'),
      profile_id: '4'.padStart(24, '0').replace('0', 'b'),
    },
    ...{ method: 'POST', host: 'https://a.example', on_unknown: 'park', under_way: false, attempts: 0 },
    ...{ retries_left: 3, http_status: null, fault: 'no answer within 10 s', due_at: null, created_at: NOW },
    settled_at: null,
  });
});

test('a parked call is resolved by who may see it, once', async () => {
  const parked = { status: 'unknown', due_at: null, fault: 'no answer within 10 s' };
  await addCalls({ ...parked, database_id: 2 }, parked, {});
  const path = (n: number): string => `/calls/${String(n).padStart(24, '0')}/resolve`;
  await bound.problem('POST', path(1), 404, { as: 'done' });
  await admin.problem('POST', path(9), 404, { as: 'done' });
  await admin.problem('POST', path(1), 400, { as: 'whatever' });
  await admin.problem('POST', path(3), 409, { as: 'done' });
  const repeated = await admin.object('POST', path(1), 200, { as: 'repeat' });
  assert.deepEqual([repeated['status'], repeated['due_at']], ['queued', NOW]);
  const done = await bound.object('POST', path(2), 200, { as: 'done' });
  assert.deepEqual([done['status'], done['settled_at'], done['fault']], ['done', NOW, null]);
  await admin.problem('POST', path(2), 409, { as: 'skip' });
  const { rows } = await sql`select resume from run order by id`.execute(server.deps.db);
  assert.deepEqual(rows, [{ resume: null }, { resume: 'next' }, { resume: null }]);
});
