import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonValue, newUuid } from '../../src/base/index.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createMethodScene, type MethodScene } from './method-scene.ts';

let scene: MethodScene;
let admin: AdminClient;
/** An administrator of the other database alone. */
let stranger: AdminClient;
let ids: JsonValue[];
before(async () => {
  scene = await createMethodScene();
  admin = createAdminClient(scene.server, await scene.server.makeToken(['admin']));
  stranger = createAdminClient(
    scene.server,
    await scene.server.makeToken(['admin'], [scene.otherDatabaseId]),
  );
});
beforeEach(async () => {
  await sql`truncate run`.execute(scene.server.deps.db);
  await sql`update workflow set paused_at = null, active = true`.execute(scene.server.deps.db);
  const data = ['a', 'b', 'c'].map((name) => ({ data: { email: `${name}@x.ru` }, custom_data: { name } }));
  const body = { workflow_id: scene.workflowId, data };
  await scene.send('workflows/import_and_start_batch', body, { 'request-id': newUuid() });
  const { rows } = await sql<{ id: string }>`select id from run order by id desc`.execute(
    scene.server.deps.db,
  );
  ids = rows.map(({ id }) => id);
});
after(() => scene.server.close());

test('runs are listed by workflow in pages from the newest, and each is shown', async () => {
  const path = `/runs?workflow_id=${scene.workflowId}`;
  const first = await admin.object('GET', `${path}&limit=2`, 200);
  const seen = (page: typeof first) =>
    Array.isArray(page['data']) ? page['data'].map((one) => JSON.parse(JSON.stringify(one)).id) : [];
  assert.deepEqual([seen(first), first['next_after']], [ids.slice(0, 2), ids[1]]);
  const last = await admin.object('GET', `${path}&limit=2&after=${first['next_after']}`, 200);
  assert.deepEqual([seen(last), last['next_after']], [[ids[2]], null]);
  const run = await admin.object('GET', `/runs/${ids[2]}`, 200);
  const now = scene.clock.now().toISOString();
  assert.deepEqual(run, {
    ...{
      id: ids[2],
      database_id: scene.databaseId,
      profile_id: run['profile_id'],
      workflow_id: scene.workflowId,
    },
    ...{ version: 1, task_id: null, item_index: 0, status: 'active', node: 'start', since: now },
    ...{ waits_for: { kind: 'engine', since: now }, reason: null, started_at: now, ended_at: null, steps: 0 },
    ...{ trail: [], content: null, custom_data: { name: 'a' }, attach: [] },
  });
  assert.deepEqual(await admin.data(`/runs?profile_id=${run['profile_id']}`), [run]);
  assert.deepEqual(await admin.data(`${path}&status=ended`), []);
  assert.deepEqual((await admin.data(`${path}&status=active&node=start`)).length, 3);
});

test('runs of a task are found by the task', async () => {
  const { db } = scene.server.deps;
  const taskId = '30421978-7f6d-4f39-913f-fb6cad8e2477';
  await sql`insert into task (id, kind, database_id, workflow_id, envelope, total, chunks_left, accepted_at, finished_at, expires_at)
    values (${taskId}::uuid, 'k', ${scene.databaseId}::int, ${scene.workflowId}::int, '{}', 1, 0,
            ${scene.clock.now()}::timestamptz, ${scene.clock.now()}::timestamptz, '2030-01-01')`.execute(db);
  await sql`update run set task_id = ${taskId}::uuid where id = ${String(ids[1])}::text`.execute(db);
  assert.deepEqual(
    (await admin.data(`/runs?task_id=${taskId}`)).map(({ id }) => id),
    [ids[1]],
  );
  await stranger.problem('GET', `/runs?task_id=${taskId}`, 404);
  await admin.problem('GET', '/runs?task_id=30421978-7f6d-4f39-913f-fb6cad8e2478', 404);
});

test('a run is cancelled once', async () => {
  const run = await admin.object('POST', `/runs/${ids[0]}/cancel`, 200);
  assert.deepEqual([run['status'], run['reason'], run['waits_for']], ['ended', 'cancelled', null]);
  await admin.problem('POST', `/runs/${ids[0]}/cancel`, 409);
  assert.equal((await admin.object('GET', `/runs/${ids[1]}`, 200))['status'], 'active');
});

test('what a token may not see is as if it were not there', async () => {
  await stranger.problem('GET', `/runs/${ids[0]}`, 404);
  await stranger.problem('POST', `/runs/${ids[0]}/cancel`, 404);
  assert.deepEqual(await stranger.data(`/runs?workflow_id=${scene.workflowId}`), []);
  for (const action of ['pause', 'resume']) {
    await stranger.problem('POST', `/workflows/${scene.workflowId}/${action}`, 404);
  }
  await stranger.problem('POST', `/workflows/${scene.workflowId}/stop`, 404, { runs: 'end' });
  assert.equal((await admin.data(`/runs?workflow_id=${scene.workflowId}&status=active`)).length, 3);
  await admin.problem('GET', '/runs', 400);
  await admin.problem('GET', `/runs/${'f'.repeat(24)}`, 404);
});

test('a workflow is paused, resumed and stopped', async () => {
  const path = `/workflows/${scene.workflowId}`;
  const now = scene.clock.now().toISOString();
  assert.equal((await admin.object('POST', `${path}/pause`, 200))['paused_at'], now);
  assert.equal((await admin.object('GET', path, 200))['paused_at'], now);
  const started = await scene.sendOk('workflows/import_and_start', {
    ...{ workflow_id: scene.workflowId, email: 'd@x.ru', data: { email: 'd@x.ru' } },
  });
  assert.equal(started['error'], 0, 'a paused workflow takes profiles');
  assert.equal((await admin.object('POST', `${path}/resume`, 200))['paused_at'], null);
  await admin.problem('POST', `${path}/stop`, 400, {});
  assert.equal((await admin.object('POST', `${path}/stop`, 200, { runs: 'finish' }))['active'], false);
  assert.equal((await admin.data(`/runs?workflow_id=${scene.workflowId}&status=active`)).length, 4);
  await admin.object('POST', `${path}/stop`, 200, { runs: 'end' });
  const ended = await admin.data(`/runs?workflow_id=${scene.workflowId}&status=ended`);
  assert.deepEqual(
    ended.map(({ reason }) => reason),
    Array(4).fill('the workflow was stopped'),
  );
});
