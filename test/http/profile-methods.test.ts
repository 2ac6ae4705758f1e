import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, slotOf } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createField } from '../../src/profiles/index.ts';
import { at, createMethodScene, type MethodScene } from './method-scene.ts';

let scene: MethodScene;
/** Of the profile that every test begins with. */
let herbert: string;

before(async () => {
  scene = await createMethodScene();
});
after(() => scene.server.close());
beforeEach(async () => {
  const { db } = scene.server.deps;
  for (const table of ['profile', 'identity', 'unique_value', 'run', 'api_call', 'stored_answer', 'task']) {
    await sql`delete from ${sql.table(table)}`.execute(db);
  }
  herbert = String(
    at(
      await scene.sendOk('profiles/import', {
        data: {
          email: 'Herbert@Example.com',
          phones: '+79862014852',
          _fname: 'Herbert',
          card: 'C1',
          subscriptions: [
            { resource_id: scene.resourceId, email: 'work@example.com', priority: 2 },
            { resource_id: scene.resourceId, provider: 'Chrome', subscription_id: 'device' },
            { resource_id: scene.resourceId, channel: 'whatsapp', cc_data: { phone: '+79862014859' } },
          ],
        },
      }),
      'profile_id',
    ),
  );
});

test('profiles/get answers the profile with its fields, service fields and subscriptions', async () => {
  const answer = await scene.sendOk('profiles/get', { matching: 'email', email: 'herbert@example.com' });
  const id = (place: number): unknown => at(answer, 'data', 'subscriptions', place, 'id');
  const common = { resource_id: scene.resourceId, status: 'subscribed', cats: [], is_delete: false };
  assert.match(String(id(0)), /^[0-9a-f]{24}$/);
  assert.deepEqual(answer, {
    data: {
      email: 'herbert@example.com',
      phones: ['+79862014852'],
      _fname: 'Herbert',
      card: 'C1',
      id: herbert,
      _id: herbert,
      db_id: scene.databaseId,
      _createtime: '2026-03-02T10:00:00.000Z',
      _updatetime: '2026-03-02T10:00:00.000Z',
      _status: null,
      _emaildomain: 'example.com',
      // From other programs: md5sum, and an XXH64 written from its specification.
      _md5: '503ddda5f2ea7b73cb204c2fd4e040d7',
      _xxh: 'ed1778036cdc811c',
      subscriptions: [
        {
          ...{ id: id(0), hash_id: id(0), channel: 'email', priority: 2, email: 'work@example.com' },
          email_data: {
            email: 'work@example.com',
            domain: 'example.com',
            md5: '8b9619ac2b069eab68941ce7590958fa',
          },
          ...common,
        },
        {
          ...{ id: id(1), hash_id: id(1), channel: 'push', priority: 0, ...common },
          ...{ provider: 'Chrome', subscription_id: 'device' },
        },
        {
          ...{ id: id(2), hash_id: id(2), channel: 'whatsapp', priority: 0, ...common },
          cc_data: { phone: '+79862014859' },
        },
      ],
    },
    error: 0,
    error_text: 'Successful operation',
  });
});

test('a profile without an address has the service fields all the same', async () => {
  await scene.sendOk('profiles/import', { matching: 'custom', field_name: 'card', data: { card: 'C2' } });
  const answer = await scene.sendOk('profiles/get', {
    ...{ matching: 'custom', field_name: 'card', field_value: 'C2' },
  });
  const { phones, subscriptions, _md5, _xxh, _emaildomain } = Object(at(answer, 'data'));
  assert.deepEqual(
    { phones, subscriptions, _md5, _xxh, _emaildomain },
    { phones: [], subscriptions: [], _md5: null, _xxh: null, _emaildomain: null },
  );
});

test('profiles/get finds by every mode', async () => {
  const other = { data: { email: 'other@example.com', phones: '+79862014800', card: 'C9' } };
  await scene.sendOk('profiles/import', other);
  const resource_id = scene.resourceId;
  for (const how of [
    { email: 'HERBERT@example.com ' },
    { matching: 'email', email: 'work@example.com' },
    { matching: 'email', email: 'work@example.com', resource_id },
    { matching: 'email_profile', email: 'herbert@example.com' },
    { matching: 'email_sub', email: 'work@example.com' },
    { matching: 'phone', phone: '8 986 201-48-52' },
    { matching: 'profile_id', profile_id: herbert },
    { matching: 'custom', field_name: 'card', field_value: 'C1' },
    { matching: 'custom', field_name: '_fname', field_value: 'Herbert' },
    { matching: 'custom_sub', field_name: 'phone', field_value: '+79862014859' },
    { matching: 'push_sub', provider: 'Chrome', subscription_id: 'device' },
    { matching: 'email_phone', email: 'nobody@example.com', phone: '+79862014852' },
    { matching: 'email_phone_sub', email: 'work@example.com' },
    { custom_request: { email: 'herbert@example.com' } },
    { custom_request: { 'subscriptions.provider': 'Chrome' } },
  ]) {
    const answer = await scene.sendOk('profiles/get', how);
    assert.equal(at(answer, 'data', '_id'), herbert, JSON.stringify(how));
  }
});

test('profiles/get and profiles/delete say what is wrong, and nothing is deleted', async () => {
  await scene.sendOk('profiles/import', {
    ...{ matching: 'custom', field_name: 'card', data: { card: 'C2', email: 'herbert@example.com' } },
  });
  const { server, databaseId, otherDatabaseId } = scene;
  const reader = await server.makeToken(['read'], [databaseId]);
  const importer = await server.makeToken(['import'], [databaseId]);
  const email = 'herbert@example.com';
  const cases: [error: number, debug: RegExp, body: object][] = [
    [409, /^email: several profiles match$/, { email }],
    [409, /^custom_request: several/, { custom_request: { email } }],
    [404, /^email: there is no such profile$/, { email: 'nobody@example.com' }],
    [404, /^email: there is no such/, { matching: 'email_sub', email }],
    [404, /^profile_id: there is no/, { matching: 'profile_id', profile_id: '0123456789abcdef01234567' }],
    [404, /^custom_request: there is no/, { custom_request: { _fname: 'Nobody' } }],
    [400, /^email: expected a value to match by/, {}],
    [400, /^matching: expected one of/, { matching: 'name' }],
    [400, /^custom_request\.\$where/, { custom_request: { $where: '1' } }],
    [400, /^db_id: expected/, { db_id: null, email }],
    [404, /^db_id: there is no database 999/, { db_id: 999, email }],
    [403, /does not have database/, { db_id: otherDatabaseId, email }],
    [404, /^resource_id: there is no resource/, { email, resource_id: 999 }],
    [401, /token/, { token: 'wrong', email }],
  ];
  for (const method of ['profiles/get', 'profiles/delete']) {
    const lacking = method === 'profiles/get' ? importer : reader;
    for (const [error, debug, body] of [...cases, [403, /the right/, { token: lacking, email }] as const]) {
      const answer = await scene.send(method, body);
      assert.equal(answer['error'], error, `${method} ${JSON.stringify(body)} ${JSON.stringify(answer)}`);
      assert.match(String(answer['error_debug']), debug);
    }
  }
  assert.equal(await scene.count('profile'), 2);
});

/** Two runs of the profile that a task has started: one waits for a call that was not sent, one is over. */
async function startRuns(): Promise<string> {
  const { db, clock } = scene.server.deps;
  const taskId = '30421978-7f6d-4f39-913f-fb6cad8e2477';
  for (const content of [{ a: 1 }, { a: 2 }]) {
    await scene.sendOk('workflows/start', {
      ...{ id: scene.workflowId, matching: 'profile_id', profile_id: herbert, content },
    });
  }
  await sql`insert into task (id, kind, database_id, envelope, total, chunks_left, started, runs_waiting, runs_ended,
              accepted_at, expires_at)
            values (${taskId}::uuid, 'k', ${scene.databaseId}::int, '{}', 2, 0, 2, 1, 1, now(), now())`.execute(
    db,
  );
  const [waiting, over] = (await sql<{ id: string }>`select id from run order by id`.execute(db)).rows;
  assert.ok(waiting !== undefined && over !== undefined);
  await sql`update run set task_id = ${taskId}::uuid, content = '{"secret": 1}',
              trail = '[["n", "next", "2026-03-01T00:00:00.000Z", "secret"]]'`.execute(db);
  await sql`update run set status = 'ended', reason = 'done', due_at = null where id = ${over.id}::text`.execute(
    db,
  );
  await sql`update run set status = 'waiting', effect_id = 'call', due_at = null
             where id = ${waiting.id}::text`.execute(db);
  await sql`insert into api_call (slot, id, database_id, run_id, profile_id, workflow_id, version, node, request,
              retries_left, attempts, due_at, status, created_at, host)
            values (${slotOf(herbert)}::smallint, 'call', ${scene.databaseId}::int, ${waiting.id}::text,
              ${herbert}::text, ${scene.workflowId}::int, 1, 'n',
              '{"method": "POST", "url": "https://x.example/secret", "body": "secret"}', 0, 0, ${clock.now()}::timestamptz, 'queued',
              ${clock.now()}::timestamptz, 'https://x.example')`.execute(db);
  return taskId;
}

test('profiles/delete takes the profile with all that it is found by, and ends its runs', async () => {
  const { db } = scene.server.deps;
  await startRuns();
  assert.equal(await scene.count('unique_value'), 1);
  const request = { matching: 'email', email: 'herbert@example.com' };
  const answer = await scene.sendOk('profiles/delete', request);
  assert.deepEqual(answer, {
    data: { profile_id: herbert },
    ...{ error: 0, error_text: 'Successful operation', profile_id: herbert },
  });
  for (const table of ['profile', 'identity', 'unique_value'])
    assert.equal(await scene.count(table), 0, table);
  const runs =
    await sql<object>`select status, reason, due_at, content, effect_id from run order by id`.execute(db);
  const empty = { status: 'ended', due_at: null, content: null };
  assert.deepEqual(runs.rows, [
    { ...empty, reason: 'the profile was deleted', effect_id: null },
    { ...empty, reason: 'done', effect_id: null },
  ]);
  const { rows: trails } = await sql<{ trail: string }>`select trail::text as trail from run`.execute(db);
  assert.deepEqual(
    trails.map(({ trail }) => [trail.includes('"next"'), trail.includes('secret')]),
    Array(2).fill([true, false]),
  );
  const calls = await sql<object>`select status, due_at, request from api_call`.execute(db);
  assert.deepEqual(calls.rows, [{ status: 'cancelled', due_at: null, request: { method: 'POST' } }]);
  const tasks = await sql<object>`select runs_waiting, runs_ended, runs_failed from task`.execute(db);
  assert.deepEqual(tasks.rows, [{ runs_waiting: 0, runs_ended: 2, runs_failed: 0 }]);
  assert.equal(at(await scene.send('profiles/get', request), 'error'), 404);
});

test('a repeat of profiles/delete is answered and deletes nobody else', async () => {
  const request = { token: scene.token, db_id: scene.databaseId, email: 'herbert@example.com' };
  const first = await scene.server.post('/api/v1.1/profiles/delete', request);
  await scene.sendOk('profiles/add', { data: { email: 'herbert@example.com' } });
  const second = await scene.server.post('/api/v1.1/profiles/delete', request);
  assert.equal(second.text, first.text);
  assert.equal(second.headers['duplicate-request'], 'true');
  assert.equal(await scene.count('profile'), 1);
});

test('what was deleted can be imported again, its unique values with it', async () => {
  await scene.sendOk('profiles/delete', { custom_request: { _fname: 'Herbert' } });
  const answer = await scene.sendOk('profiles/import', {
    data: { email: 'herbert@example.com', card: 'C1' },
  });
  assert.notEqual(answer['profile_id'], herbert);
});

test('deleting and importing at the same moment leave whole profiles', async () => {
  const { db } = scene.server.deps;
  const sent: Promise<unknown>[] = [];
  for (let round = 0; round < 12; round += 1) {
    const email = 'herbert@example.com';
    sent.push(scene.send('profiles/import', { round, data: { email, card: 'C1', _lname: `${round}` } }));
    const how = round % 2 === 0 ? { email } : { matching: 'custom', field_name: 'card', field_value: 'C1' };
    sent.push(scene.send('profiles/delete', { round, ...how }));
  }
  for (const answer of await Promise.all(sent))
    assert.ok([0, 404].includes(Number(at(Object(answer), 'error'))));
  const { rows } = await sql<object>`
    select (select count(*) from identity i
             where not exists (select from profile p where p.id = i.profile_id)) as lost,
           (select count(*) from unique_value) - (select count(*) from profile) as taken,
           (select count(*) from profile) < 2 as one`.execute(db);
  assert.deepEqual(rows, [{ lost: 0, taken: 0, one: true }]);
});

test('profiles/get takes and answers XML', async () => {
  const { server, token, databaseId } = scene;
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/v1.1/profiles/get/',
    headers: { 'content-type': 'application/xml' },
    payload: `<xml><token>${token}</token><db_id>${databaseId}</db_id><matching>profile_id</matching>
      <profile_id>${herbert}</profile_id></xml>`,
  });
  assert.match(answer.body, /<_id>[0-9a-f]{24}<\/_id>/);
  assert.match(answer.body, /<_xxh>[0-9a-f]{16}<\/_xxh>/);
});

test('nothing of this was a fault of ours', () => {
  assert.deepEqual(scene.server.faults, []);
});

test('of a field that becomes unique while a deletion waits, the value goes too', async () => {
  const { db } = scene.server.deps;
  const { databaseId, clock } = scene;
  const field = await createField(db, clock, databaseId, { name: 'late', type: 'string' });
  await scene.sendOk('profiles/add', { data: { email: 'late@x.ru', late: 'L1' } });
  let deleting: Promise<JsonObject> | undefined;
  await withTx(db, async (held) => {
    await sql`select from import_lane where database_id = ${databaseId} for update`.execute(held);
    deleting = scene.send('profiles/delete', { email: 'late@x.ru' });
    for (;;) {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      );
      if (rows.length > 0) break;
    }
    await sql`update field set "unique" = true where id = ${field.id}`.execute(db);
    await sql`insert into unique_value (slot, database_id, kind, value, profile_id)
              select ${slotOf('L1')}, ${databaseId}, 100 + ${field.id}, 'L1', id
                from profile where fields ->> 'late' = 'L1'`.execute(db);
  });
  assert.equal((await deleting)?.['error'], 0);
  await scene.sendOk('profiles/add', { data: { email: 'again@x.ru', late: 'L1' } });
});
