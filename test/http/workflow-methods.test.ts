import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { at, createMethodScene, type MethodScene, WALK } from './method-scene.ts';

let scene: MethodScene;
let admin: string;
/** Of the first database, in object form, with a draft that goes on after what was published; not active. */
let second: number;
/** Of the first database, never published. */
let draft: number;
/** Of the other database. */
let foreign: number;

before(async () => {
  scene = await createMethodScene();
  const { databaseId, otherDatabaseId, make, server } = scene;
  admin = await server.makeToken(['admin'], [databaseId]);
  const definition = {
    nodes: { start: { type: 'start', name: 'Default', next: 'end' }, end: { type: 'end' } },
  };
  second = await make('/workflows', {
    name: 's',
    database_id: databaseId,
    definition,
    reentry: 'not_inside',
  });
  await make(`/workflows/${second}/publish`);
  await server.app.inject({
    method: 'PATCH',
    url: `/api/admin/workflows/${second}?token=${admin}`,
    payload: { definition: { nodes: [] } },
  });
  foreign = await make('/workflows', { name: 'f', database_id: otherDatabaseId, definition: WALK });
  draft = await make('/workflows', {
    name: 'n',
    database_id: databaseId,
    definition: { nodes: [{ id: 'a' }, 7] },
  });
});
after(() => scene.server.close());
beforeEach(async () => {
  const { db } = scene.server.deps;
  for (const table of ['profile', 'identity', 'run', 'api_call', 'stored_answer', 'task']) {
    await sql`delete from ${sql.table(table)}`.execute(db);
  }
});

const done = { data: null, error: 0, error_text: 'Successful operation' };

test('workflows/list answers the workflows of the databases of the token, with what is published', async () => {
  const { workflowId, databaseId: list_id } = scene;
  const common = { list_id, ui_tags: [], groups: [] };
  assert.deepEqual(await scene.sendOk('workflows/list', {}), {
    data: [
      {
        ...{ id: workflowId, name: 'w', ...common, is_active: true, mode: 'each' },
        nodes: [
          { name: 'Default', type: 'start', node_id: 0, key: 'start' },
          { name: 'pause', type: 'delay', node_id: 1, key: 'pause' },
          { name: 'end', type: 'end', node_id: 2, key: 'end' },
        ],
      },
      {
        ...{ id: second, name: 's', ...common, is_active: false, mode: 'skip' },
        nodes: [
          { name: 'end', type: 'end', node_id: 0, key: 'end' },
          { name: 'Default', type: 'start', node_id: 1, key: 'start' },
        ],
      },
      {
        ...{ id: draft, name: 'n', ...common, is_active: false, mode: 'never' },
        nodes: [{ name: 'a', type: '', node_id: 0, key: 'a' }],
      },
    ],
    error: 0,
    error_text: 'Successful operation',
    next_from_id: draft + 1,
    total: 3,
  });
});

test('workflows/list is read to its end by next_from_id', async () => {
  const everywhere = await scene.server.makeToken(['read']);
  const seen: unknown[] = [];
  let page: JsonObject = { next_from_id: 1 };
  do {
    page = await scene.sendOk('workflows/list', {
      token: everywhere,
      from_id: page['next_from_id'],
      limit: 3,
    });
    for (let place = 0; at(page, 'data', place) !== null; place += 1)
      seen.push(at(page, 'data', place, 'id'));
  } while (at(page, 'data', 0) !== null);
  assert.deepEqual(seen, [scene.workflowId, second, foreign, draft]);
  assert.equal(page['next_from_id'], draft + 1);
});

test('workflows/list refuses what it cannot narrow by, and numbers that are none', async () => {
  for (const [key, value] of Object.entries({
    groups: ['main'],
    groups_id: [0],
    ui_tags: ['B2C'],
    limit: 0,
    from_id: 'x',
  })) {
    const answer = await scene.send('workflows/list', { [key]: value });
    assert.equal(answer['error'], 400, key);
    assert.match(String(answer['error_debug']), new RegExp(`^${key}: `));
  }
  await scene.sendOk('workflows/list', { groups: [], ui_tags: null, from_id: '1' });
});

async function isActive(id: number): Promise<unknown> {
  const { rows } = await sql<{ active: boolean }>`
    select active from workflow where id = ${id}::int`.execute(scene.server.deps.db);
  return rows[0]?.active;
}

test('workflows are switched off and on, as often as it is asked for', async () => {
  const request = { token: admin, id: scene.workflowId };
  for (const [method, active] of [
    ['workflows/deactivate', false],
    ['workflows/activate', true],
    ['workflows/deactivate', false],
    ['workflows/activate', true],
  ] as const) {
    assert.deepEqual(await scene.send(method, request), done);
    assert.equal(await isActive(scene.workflowId), active);
  }
});

test('a Request-ID switches once', async () => {
  const id = scene.workflowId;
  const headers = { 'request-id': 'one' };
  assert.deepEqual(await scene.send('workflows/activate', { token: admin, id }, headers), done);
  await scene.sendOk('workflows/deactivate', { token: admin, id });
  assert.deepEqual(await scene.send('workflows/activate', { token: admin, id }, headers), done);
  assert.equal(await isActive(id), false);
  await scene.sendOk('workflows/activate', { token: admin, id });
});

test('switching says what is wrong', async () => {
  const cases: [error: number, debug: RegExp, body: object][] = [
    [403, /the right admin/, { id: scene.workflowId }],
    [403, /does not have database/, { token: admin, id: foreign }],
    [404, /^id: there is no workflow 999/, { token: admin, id: 999 }],
    [400, /^id: expected a whole number/, { token: admin }],
    [409, /must be published/, { token: admin, id: draft }],
    [400, /^skip_profiles: expected true or false/, { token: admin, id: second, skip_profiles: 'x' }],
  ];
  for (const [error, debug, body] of cases) {
    const answer = await scene.send('workflows/activate', body);
    assert.equal(answer['error'], error, `${JSON.stringify(body)} ${JSON.stringify(answer)}`);
    assert.match(String(answer['error_debug']), debug);
  }
  assert.equal(await isActive(second), false);
});

test('skip_profiles ends all runs inside, in batches, and the counters of their task know', async () => {
  const { clock, server, workflowId, databaseId } = scene;
  const { db } = server.deps;
  const data = Array.from({ length: 2_500 }, (_, n) => ({ data: { email: `p${n}@example.com` } }));
  await scene.sendOk('workflows/import_and_start_batch', { workflow_id: workflowId, data });
  const taskId = '30421978-7f6d-4f39-913f-fb6cad8e2477';
  await sql`insert into task (id, kind, database_id, envelope, total, chunks_left, started, runs_waiting, accepted_at,
              expires_at)
            values (${taskId}::uuid, 'k', ${databaseId}::int, '{}', 2500, 0, 2500, 3, now(), now())`.execute(
    db,
  );
  await sql`update run set task_id = ${taskId}::uuid`.execute(db);
  // Three wait for calls: one is to be sent, one is under way, one waits for its next try.
  await sql`
    with three as (select slot, id, profile_id, row_number() over (order by id) as n from run order by id limit 3),
    moved as (
      update run r set status = 'waiting', effect_id = r.id, due_at = null from three where three.id = r.id
    )
    insert into api_call (slot, id, database_id, run_id, profile_id, workflow_id, version, node, request, retries_left,
                          attempts, due_at, claim_token, status, created_at, host)
    select slot, id, ${databaseId}::int, id, profile_id, ${workflowId}::int, 1, 'n', '{}', 1, 0,
           ${clock.now()}::timestamptz, case n when 2 then ${taskId}::uuid end, 'queued', ${clock.now()}::timestamptz,
           'https://x.example'
      from three`.execute(db);
  assert.deepEqual(
    await scene.send('workflows/activate', { token: admin, id: workflowId, skip_profiles: true }),
    done,
  );
  const runs = await sql<object>`
    select status, reason, count(*) as n from run group by status, reason`.execute(db);
  assert.deepEqual(runs.rows, [
    { status: 'ended', reason: 'the workflow was cleared of its profiles', n: 2_500 },
  ]);
  const tasks = await sql<object>`select runs_waiting, runs_ended, runs_failed from task`.execute(db);
  assert.deepEqual(tasks.rows, [{ runs_waiting: 0, runs_ended: 2_500, runs_failed: 0 }]);
  const calls =
    await sql<object>`select status, count(*) as n from api_call group by status order by status`.execute(db);
  assert.deepEqual(calls.rows, [
    { status: 'cancelled', n: 2 },
    { status: 'queued', n: 1 },
  ]);
});

test('workflows/activate takes XML', async () => {
  await scene.sendOk('workflows/import_and_start', {
    workflow_id: scene.workflowId,
    data: { email: 'a@example.com' },
  });
  const answer = await scene.server.app.inject({
    method: 'POST',
    url: '/api/v1.1/workflows/activate/',
    headers: { 'content-type': 'application/xml' },
    payload: `<xml><token>${admin}</token><id>${scene.workflowId}</id><skip_profiles>1</skip_profiles></xml>`,
  });
  assert.match(answer.body, /<xml><data\/><error>0<\/error>/);
  const { rows } = await sql<object>`select status from run`.execute(scene.server.deps.db);
  assert.deepEqual(rows, [{ status: 'ended' }]);
});

test('nothing of this was a fault of ours', () => {
  assert.deepEqual(scene.server.faults, []);
});
