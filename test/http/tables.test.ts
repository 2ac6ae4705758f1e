import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMethodScene, type MethodScene } from './method-scene.ts';

let scene: MethodScene;
before(async () => {
  scene = await createMethodScene();
});
after(() => scene.server.close());

async function table(method: string, body: object = {}) {
  const { server, token } = scene;
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/v1.1/${method}?format=csv&token=${token}`,
    payload: body,
  });
  assert.match(String(answer.headers['content-type']), /^text\/csv/, answer.body);
  return { lines: answer.body.trimEnd().split('\r\n'), next: answer.headers['x-next-page'] };
}

test('lists of databases, resources, workflows and fields are tables', async () => {
  const databases = await table('databases/list');
  assert.deepEqual(databases.lines, [
    'id,name,ui_tags,Groups',
    `${scene.databaseId},d,[],"[{""Id"":0,""Name"":""main""}]"`,
  ]);
  assert.equal(databases.next, String(scene.databaseId + 1));
  const resources = await table('resources/list');
  assert.deepEqual(
    resources.lines.map((line) => line.split(',')[1]),
    ['name', 'r'],
  );
  const workflows = await table('workflows/list');
  assert.deepEqual(
    workflows.lines.map((line) => line.split(',').slice(1, 5)),
    [
      ['name', 'list_id', 'is_active', 'mode'],
      ['w', String(scene.databaseId), 'true', 'each'],
    ],
  );
  const fields = await table('databases/fields_get', { id: scene.databaseId });
  assert.equal(fields.lines[0], 'category,title,name,required,type,dictionary,options,match');
  assert.ok(fields.lines.includes('custom,card,card,false,unicode,,,true'), fields.lines.join('\n'));
  assert.equal((await table('resources/fields_get', { id: scene.resourceId })).lines.length, 1);
});

test('in XML the truth values of an item are text', async () => {
  const { server, token, databaseId, workflowId } = scene;
  const body = `<xml><token>${token}</token><workflow_id>${workflowId}</workflow_id>
    <data array='true'><data><email>x@x.ru</email><_ip>8.8.8.8</_ip></data><detect_geo>true</detect_geo></data>
    <data array='true'><data><email>y@x.ru</email></data><detect_geo>maybe</detect_geo></data></xml>`;
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/v1.1/workflows/import_and_start_batch?format=json',
    headers: { 'content-type': 'application/xml' },
    payload: body,
  });
  assert.match(answer.body, /"profile_id".*"detect_geo: expected true or false"/);
  const found = await scene.sendOk('profiles/get', { db_id: databaseId, email: 'x@x.ru' });
  assert.equal(Object(found['data'])['_country'], 'US', JSON.stringify(found));
});
