import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import { type AdminScene, openAdminScene } from './admin-scene.ts';

let scene: AdminScene;
let profileId: string;

before(async () => {
  scene = await openAdminScene();
  const token = await scene.server.makeToken(['import']);
  const { json } = await scene.server.post('/api/v1.1/profiles/import', {
    ...{ token, db_id: 1, matching: 'email' },
    data: { email: 'ada@example.com', _fname: 'Ada', _tz: 'Europe/Berlin' },
  });
  assert.ok(typeof json['profile_id'] === 'string', JSON.stringify(json));
  profileId = json['profile_id'];
});
after(() => scene.server.close());

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

test('every type of node is described, its edges apart', async () => {
  const types = new Map((await scene.admin.data('/workflows/node-types')).map((one) => [one['type'], one]));
  assert.equal(types.size, 14);
  assert.deepEqual(
    objects(types.get('condition')?.['outputs']).map(({ key, outcome }) => [key, outcome]),
    [
      ['yes', 'yes'],
      ['no', 'no'],
    ],
  );
  const { schema } = types.get('send') ?? {};
  assert.ok(isJsonObject(schema) && isJsonObject(schema['properties']));
  assert.deepEqual(Object.keys(schema['properties']), [
    ...['channel', 'resource_id', 'template_id', 'sender_id', 'to', 'on_unknown'],
  ]);
  assert.deepEqual(schema['required'], ['channel', 'resource_id', 'template_id']);
  assert.equal(Object(schema['properties']['resource_id'])['x-ref'], 'resource');
});

test('a definition is checked whole, each fault with its node', async () => {
  const nodes = [
    { id: 'start', type: 'start', name: 'Default', next: 'check' },
    { id: 'check', type: 'condition', filter: { email: { $wrong: 1 } }, yes: 'nowhere', no: 'put' },
    { id: 'put', type: 'segment', add: [99] },
  ];
  const check = (definition: object) =>
    scene.admin.object('POST', '/workflows/check', 200, { database_id: 1, definition });
  const { faults } = await check({ nodes });
  const found = objects(faults).map(({ node, path }) => [node, path]);
  assert.deepEqual(found, [
    ['check', 'filter.email.$wrong'],
    ['check', 'yes'],
  ]);
  const [start, , put] = nodes;
  const mended = { nodes: [{ ...start, next: 'put' }, put], layout: { put: { x: 1, y: 2 } } };
  assert.deepEqual((await check(mended))['faults'], [
    { node: 'put', path: 'add', message: 'the database has no segment 99' },
  ]);
  const astray = {
    nodes: [
      { id: 'start', type: 'start', next: 'end' },
      { id: 'end', type: 'end' },
    ],
  };
  assert.deepEqual((await check({ ...astray, layout: { end: 1 } }))['faults'], [
    { node: null, path: 'layout.end', message: 'expected an object with the numbers x and y' },
  ]);
});

test('versions are listed, the latest first, each as it was published', async () => {
  const definition = {
    nodes: [
      { id: 'start', type: 'start', next: 'end' },
      { id: 'end', type: 'end' },
    ],
  };
  const id = await scene.admin.make('/workflows', { name: 'w', database_id: 1, definition });
  await scene.admin.make(`/workflows/${id}/publish`);
  const changed = { nodes: [{ id: 'start', type: 'start' }] };
  await scene.admin.object('PATCH', `/workflows/${id}`, 200, { definition: changed });
  await scene.admin.make(`/workflows/${id}/publish`);
  const first = await scene.admin.object('GET', `/workflows/${id}/versions?limit=1`, 200);
  assert.deepEqual(
    objects(first['data']).map(({ version, definition: frozen }) => [version, frozen]),
    [[2, changed]],
  );
  const second = await scene.admin.object(
    'GET',
    `/workflows/${id}/versions?after=${first['next_after']}`,
    200,
  );
  assert.deepEqual(
    objects(second['data']).map(({ version, definition: frozen }) => [version, frozen]),
    [[1, definition]],
  );
  assert.equal(second['next_after'], null);
});

test('a test run walks to the end and leaves nothing behind', async () => {
  const nodes = [
    { id: 'start', type: 'start', name: 'Default', next: 'check' },
    { id: 'check', type: 'condition', filter: { _fname: 'Ada' }, yes: 'name', no: 'end' },
    { id: 'name', type: 'update_profile', fields: { _lname: 'L. {apicontent.who}' }, next: 'wait' },
    { id: 'wait', type: 'delay', for: 'P2D', next: 'call' },
    {
      ...{ id: 'call', type: 'api_call', url: 'https://api.example.com/{lead._lname}', save_as: 'answer' },
      ...{ body: { hello: '{lead._fname}' }, next: 'filter', error: 'end' },
    },
    { id: 'filter', type: 'content_filter', filter: { 'answer.vip': true }, yes: 'happens', no: 'end' },
    {
      id: 'happens',
      type: 'wait_event',
      event: 'custom',
      name: 'paid',
      timeout: 'P1D',
      next: 'end',
      timed_out: 'late',
    },
    { id: 'late', type: 'end', reason: 'never paid' },
    { id: 'end', type: 'end' },
  ];
  const id = await scene.admin.make('/workflows', { name: 't', database_id: 1, definition: { nodes } });
  const tryIt = (choices: object) =>
    scene.admin.object('POST', `/workflows/${id}/test-run`, 200, {
      ...{ profile_id: profileId, content: { who: 'x/y' }, choices },
    });
  const lived = await tryIt({ call: { answer: { vip: true } }, happens: { edge: 'timed_out' } });
  assert.deepEqual(
    objects(lived['steps']).map(({ node, outcome }) => `${node} ${outcome}`),
    [
      ...['start next', 'check yes', 'name next', 'wait waits', 'wait next', 'call waits', 'call next'],
      ...['filter yes', 'happens waits', 'happens timed_out', 'late end'],
    ],
  );
  assert.deepEqual([lived['end'], lived['reason']], ['ended', 'never paid']);
  assert.equal(Object(lived['fields'])['_lname'], 'L. x/y');
  const call = objects(lived['steps']).find(({ node, outcome }) => node === 'call' && outcome === 'waits');
  assert.deepEqual(
    [Object(call?.['effect'])['url'], Object(call?.['effect'])['body']],
    ['https://api.example.com/L.%20x%2Fy', '{"hello":"Ada"}'],
  );
  const failed = await tryIt({ call: { edge: 'error' } });
  assert.equal(objects(failed['steps']).at(-1)?.['node'], 'end');

  const { rows } = await sql<{ runs: number; calls: number; name: string | null }>`
    select (select count(*) from run) as runs, (select count(*) from api_call) as calls,
           (select fields ->> '_lname' from profile where id = ${profileId}) as name
  `.execute(scene.server.deps.db);
  assert.deepEqual(rows, [{ runs: 0, calls: 0, name: null }]);
});

test('a test run of a draft with faults names them, one of nobody is a 404', async () => {
  const definition = {
    nodes: [
      { id: 'start', type: 'start', next: 'end' },
      { id: 'end', type: 'end' },
    ],
  };
  const id = await scene.admin.make('/workflows', { name: 'v', database_id: 1, definition });
  const path = `/workflows/${id}/test-run`;
  const astray = { nodes: [{ id: 'start', type: 'start', next: 'end' }] };
  assert.deepEqual(
    await scene.admin.problem('POST', path, 400, { profile_id: profileId, definition: astray }),
    ['nodes.start.next: there is no node "end"'],
  );
  await scene.admin.problem('POST', path, 404, { profile_id: 'f'.repeat(24) });
});
