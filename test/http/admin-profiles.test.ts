import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import { type AdminScene, openAdminScene } from './admin-scene.ts';

let scene: AdminScene;
let resourceId: number;

before(async () => {
  scene = await openAdminScene();
  await scene.admin.make('/databases/1/fields', { name: 'level', type: 'int' });
  resourceId = await scene.admin.make('/resources', {
    name: 'News',
    databases: [1],
    channels: ['email', 'sms'],
  });
});
after(() => scene.server.close());

const make = (fields: object, subscriptions?: object[]) =>
  scene.admin.object('POST', '/profiles', 201, {
    ...{ database_id: 1, fields },
    ...(subscriptions === undefined ? {} : { subscriptions }),
  });

function fieldsOf({ fields }: JsonObject): JsonObject {
  assert.ok(isJsonObject(fields));
  return fields;
}

function statusesOf({ subscriptions }: JsonObject): unknown[] {
  assert.ok(Array.isArray(subscriptions));
  return subscriptions.filter(isJsonObject).map(({ channel, status }) => [channel, status]);
}

test('a profile is made, changed and emptied of a field by the rules of an import', async () => {
  const made = await make({ email: 'Ada@Example.com', level: 1 });
  assert.deepEqual(fieldsOf(made), { email: 'ada@example.com', level: 1 });
  const path = `/profiles/${made['id']}`;
  const changed = await scene.admin.object('PATCH', path, 200, {
    ...{ database_id: 1, fields: { level: { action: 'incr', value: 2 }, _fname: 'Ada' } },
  });
  assert.deepEqual(fieldsOf(changed), { email: 'ada@example.com', level: 3, _fname: 'Ada' });
  const emptied = await scene.admin.object('PATCH', path, 200, {
    ...{ database_id: 1, fields: { _fname: { action: 'unset' }, level: null } },
  });
  assert.deepEqual(fieldsOf(emptied), { email: 'ada@example.com', level: 3 });
  const faults = await scene.admin.problem('PATCH', path, 400, { database_id: 1, fields: { level: 'high' } });
  assert.match(String(faults), /^level: /);
  await scene.admin.problem('PATCH', path, 404, { database_id: 2, fields: {} });
  await scene.bound.problem('POST', '/profiles', 404, { database_id: 2, fields: { email: 'x@x.org' } });
});

test('subscriptions are added, and closed all at once', async () => {
  const made = await make({ email: 'sub@example.com' });
  const path = `/profiles/${made['id']}`;
  const subscribed = await scene.admin.object('POST', `${path}/subscriptions`, 200, {
    database_id: 1,
    subscriptions: [
      { resource_id: resourceId, email: 'sub@example.com' },
      { resource_id: resourceId, channel: 'sms', phone: '+79862014852' },
    ],
  });
  assert.deepEqual(statusesOf(subscribed), [
    ['email', 'subscribed'],
    ['sms', 'subscribed'],
  ]);
  const closed = await scene.admin.object('POST', `${path}/unsubscribe`, 200, { database_id: 1 });
  assert.deepEqual(statusesOf(closed), [
    ['email', 'unsubscribed'],
    ['sms', 'unsubscribed'],
  ]);
});

test('history, segments and the export of one person', async () => {
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: 'end' },
      { id: 'end', type: 'end' },
    ],
  };
  const workflowId = await scene.admin.makeActiveWorkflow({
    ...{ name: 'w', database_id: 1, reentry: 'each', definition },
  });
  const made = await make({ email: 'hist@example.com' });
  const segmentId = await scene.admin.make('/segments', { name: 'Kept', database_id: 1, kind: 'static' });
  await scene.admin.object('POST', `/segments/${segmentId}/members`, 200, { add: [made['id'] ?? ''] });
  const token = await scene.server.makeToken(['import']);
  for (const _ of [1, 2, 3]) {
    scene.clock.advance(1000);
    const { json } = await scene.server.post(
      '/api/v1.1/workflows/import_and_start',
      {
        ...{ token, workflow_id: workflowId, matching: 'email', email: 'hist@example.com', data: {} },
      },
      { 'request-id': String(scene.clock.now().getTime()) },
    );
    assert.equal(json['error'], 0, JSON.stringify(json));
  }
  const path = `/profiles/${made['id']}`;
  const first = await scene.admin.object('GET', `${path}/history?database_id=1&limit=2`, 200);
  const second = await scene.admin.object(
    'GET',
    `${path}/history?database_id=1&limit=2&after=${first['next_after']}`,
    200,
  );
  const times = [first, second]
    .flatMap(({ data }) => (Array.isArray(data) ? data : []))
    .map((entry) => Object(entry)['at']);
  assert.equal(times.length, 3);
  assert.deepEqual(times, times.toSorted().reverse());
  assert.equal(second['next_after'], null);
  assert.deepEqual(await scene.admin.data(`${path}/segments?database_id=1`), [
    { id: segmentId, name: 'Kept', kind: 'static' },
  ]);
  const exported = await scene.admin.object('GET', `${path}/export?database_id=1`, 200);
  assert.equal(Object(exported['profile'])['id'], made['id']);
  assert.ok(Array.isArray(exported['history']) && exported['history'].length === 3);
});

test('an erased profile is gone, and the audit keeps its id alone', async () => {
  const made = await make({ email: 'gone@example.com' });
  await scene.admin.gone(`/profiles/${made['id']}?database_id=1`);
  await scene.admin.problem('GET', `/profiles/${made['id']}?database_id=1`, 404);
  const { rows } = await sql<{ found: number }>`
    select (select count(*) from identity where profile_id = ${String(made['id'])}) as found
  `.execute(scene.server.deps.db);
  assert.equal(rows[0]?.found, 0);
  const [entry] = await scene.admin.data('/audit?action=profile.erase');
  assert.deepEqual(entry?.['object'], { kind: 'profile', id: made['id'], name: null });
  assert.doesNotMatch(JSON.stringify(entry), /gone@/);
});

test('what meets a filter is counted and exported', async () => {
  for (let index = 0; index < 3; index += 1) await make({ email: `f${index}@example.com`, level: 77 });
  const counted = await scene.admin.object('POST', '/databases/1/count', 200, { filter: { level: 77 } });
  assert.deepEqual(counted, { count: 3, is_complete: true });
  const token = await scene.server.makeToken(['admin']);
  const answer = await scene.server.app.inject({
    method: 'GET',
    url: `/api/admin/profiles/export?database_id=1&filter=${encodeURIComponent('{"level":77}')}`,
    headers: { authorization: `Bearer ${token}` },
  });
  assert.match(String(answer.headers['content-disposition']), /profiles\.csv/);
  const lines = answer.body.trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /^_id,.*email.*level/);
});
