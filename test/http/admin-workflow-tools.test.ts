import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import { type AdminScene, openAdminScene } from './admin-scene.ts';
import { enterAs, makeUser } from './person.ts';

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

test('versions tell who has published them', async () => {
  const nodes = [{ id: 'start', type: 'start', name: 'Default' }];
  const { admin, server } = scene;
  const id = await admin.makeActiveWorkflow({ name: 'Named', database_id: 1, definition: { nodes } });
  const user = await makeUser(server, 'ann@example.com', 'editor');
  const browser = await enterAs(server, user);
  await browser.object('POST', `/workflows/${id}/publish`, 200);
  const versions = await admin.data(`/workflows/${id}/versions`);
  assert.deepEqual(
    versions.map(({ version, published_by: by }) => [version, by]),
    [
      [2, 'ann@example.com'],
      [1, 'test'],
    ],
  );
});

test('runs are counted for many workflows at once, of those that may be seen', async () => {
  const { admin, bound, server } = scene;
  const definition = { nodes: [{ id: 's', type: 'start', name: 'Default' }] };
  const [own, other] = [
    await admin.makeActiveWorkflow({ name: 'A', database_id: 1, definition }),
    await admin.makeActiveWorkflow({ name: 'B', database_id: 2, definition }),
  ];
  await sql`
    insert into run (slot, id, database_id, profile_id, workflow_id, version, node, status, due_at, steps, started_at,
                     depth, share)
    select 0, lpad(n::text, 24, '0'), 1, ${profileId}, ${own}::int, 1, 's', status, due_at::timestamptz, 1, now(), 0, 0
      from (values (1, 'active', '2026-03-02'), (2, 'waiting', '2026-04-02'), (3, 'waiting', null),
                   (4, 'failed', null), (5, 'ended', null)) v (n, status, due_at)`.execute(server.deps.db);
  const path = `/workflows/counts?ids=${own},${other},999999`;
  const first = { workflow_id: own, active: 1, waiting: 2, failed: 1 };
  assert.deepEqual(await admin.data(path), [first, { workflow_id: other, active: 0, waiting: 0, failed: 0 }]);
  assert.deepEqual(await bound.data(path), [first]);
  await admin.problem('GET', '/workflows/counts', 400);
  await admin.problem('GET', '/workflows/counts?ids=1,x', 400);
  await sql`delete from run where workflow_id = ${own}::int`.execute(server.deps.db);
});
