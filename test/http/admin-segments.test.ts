import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { insertProfiles, profileId } from '../segments/stored-profiles.ts';
import type { AdminClient } from './admin-client.ts';
import { NOW, openAdminScene } from './admin-scene.ts';
import type { TestServer } from './test-server.ts';

let server: TestServer;
let admin: AdminClient;
/** An administrator of database 1 alone. */
let bound: AdminClient;
/** Profile n of database 1 has age n, 1 to 9. */
let people: string[];
let foreigner: string;

before(async () => {
  ({ server, admin, bound } = await openAdminScene());
  const ages = Array.from({ length: 9 }, (_, index) => ({ age: index + 1 }));
  people = await insertProfiles(server.deps.db, 1, ages);
  [foreigner = ''] = await insertProfiles(server.deps.db, 2, [{}], 100);
});
after(() => server.close());

async function make(body: object = {}): Promise<unknown> {
  const whole = { name: 'Some', database_id: 1, kind: 'static', ...body };
  return (await admin.object('POST', '/segments', 201, whole))['id'];
}

test('segments are made, listed by database, changed', async () => {
  const still = await admin.object('POST', '/segments', 201, { name: 'VIP', database_id: 2, kind: 'static' });
  assert.deepEqual(still, {
    id: still['id'] ?? 0,
    database_id: 2,
    name: 'VIP',
    kind: 'static',
    filter: null,
    created_at: NOW,
  });
  const moving = await bound.object('POST', '/segments', 201, {
    ...{ name: 'Old', database_id: 1, kind: 'filter', filter: { age: { $gt: 5 } } },
  });
  assert.deepEqual(moving['filter'], { age: { $gt: 5 } });
  assert.deepEqual(await admin.object('GET', '/segments?database_id=2', 200), { data: [still], total: 1 });
  assert.deepEqual(await bound.data('/segments'), [moving]);
  const patch = { name: 'Very old', filter: { age: 9 } };
  const changed = await bound.object('PATCH', `/segments/${moving['id']}`, 200, patch);
  assert.deepEqual(changed, { ...moving, ...patch });
  assert.deepEqual(await bound.object('GET', `/segments/${moving['id']}`, 200), changed);
});

test('a body that is not usable is refused by its keys, a filter by all of its paths', async () => {
  const still = await make();
  const cases: [object, string[]][] = [
    [{ name: 'x' }, ['database_id: is missing', 'kind: is missing']],
    [{ name: 'x', database_id: 1, kind: 'other' }, ['kind: expected one of static, filter']],
    [{ name: 'x', database_id: 1, kind: 'filter' }, ['filter: is missing']],
    [{ name: 'x', database_id: 1, kind: 'static', filter: {} }, ['filter: a static segment has none']],
    [{ name: 'x', database_id: 1, kind: 'filter', filter: [] }, ['filter: must be object']],
  ];
  for (const [body, expected] of cases) {
    assert.deepEqual(await admin.problem('POST', '/segments', 400, body), expected, JSON.stringify(body));
  }
  const unstorable = { name: 'x', database_id: 1, kind: 'filter', filter: { a: { $in: ['b', '\u0000'] } } };
  assert.match((await admin.problem('POST', '/segments', 400, unstorable)).join(), /^filter\.a\.\$in\[1\]: /);
  const broken = { $or: [{ a: { $near: 1 } }], 'b..c': 1 };
  const body = { name: 'x', database_id: 1, kind: 'filter', filter: broken };
  const faults = await admin.problem('POST', '/segments', 400, body);
  assert.deepEqual(
    faults.map((fault) => fault.split(':')[0]),
    ['filter.$or[0].a.$near', 'filter.b..c'],
  );
  assert.deepEqual(await admin.problem('PATCH', `/segments/${still}`, 400, { filter: {} }), [
    'filter: a static segment has none',
  ]);
  assert.deepEqual(await admin.problem('POST', `/segments/${still}/members`, 400, { add: ['me'] }), [
    'add[0]: must match pattern "^[0-9a-f]{24}$"',
  ]);
  assert.deepEqual(await admin.problem('GET', `/segments/${still}/members?after=x`, 400), [
    'after: expected the value of next in the page before',
  ]);
  assert.deepEqual(
    await admin.problem('POST', '/segments', 404, { name: 'x', database_id: 9, kind: 'static' }),
    ['database_id: there is no database 9'],
  );
});

test('members of a static segment are put in, listed by pages, counted, taken out', async () => {
  const id = await make();
  const [a = '', b = '', c = ''] = people;
  const stranger = profileId(999);
  const first = await bound.object('POST', `/segments/${id}/members`, 200, {
    add: [a, b, c, foreigner, stranger],
  });
  assert.deepEqual(first, { added: 3, removed: 0, unknown: [foreigner, stranger] });
  const second = await bound.object('POST', `/segments/${id}/members`, 200, {
    add: [a],
    remove: [b, b, stranger],
  });
  assert.deepEqual(second, { added: 0, removed: 1, unknown: [] });
  assert.deepEqual(await bound.object('GET', `/segments/${id}/count`, 200), { count: 2 });
  const page = await bound.object('GET', `/segments/${id}/members?limit=1`, 200);
  assert.equal(typeof page['next_after'], 'string');
  const rest = await bound.object('GET', `/segments/${id}/members?limit=1&after=${page['next_after']}`, 200);
  assert.equal(rest['next_after'], null);
  const members = [page['data'], rest['data']]
    .flat()
    .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  assert.deepEqual(
    members,
    [a, c].map((profile_id) => ({ profile_id, added_at: NOW })),
  );
});

test('members of a filter segment are found by it, and not put in', async () => {
  const id = await make({ kind: 'filter', filter: { age: { $gte: 8 } } });
  const data = await bound.data(`/segments/${id}/members`);
  assert.deepEqual(new Set(data.map((member) => member['profile_id'])), new Set(people.slice(7)));
  assert.deepEqual(await bound.object('GET', `/segments/${id}/count`, 200), { count: 2 });
  await bound.problem('POST', `/segments/${id}/members`, 409, { add: people });
});

test('a segment is deleted with its members', async () => {
  const id = await make();
  await admin.object('POST', `/segments/${id}/members`, 200, { add: people });
  await admin.gone(`/segments/${id}`);
  for (const path of ['', '/members', '/count']) await admin.problem('GET', `/segments/${id}${path}`, 404);
});

test('a token of one database neither sees nor touches segments of another', async () => {
  const id = await make({ database_id: 2 });
  await admin.object('POST', `/segments/${id}/members`, 200, { add: [foreigner] });
  for (const path of ['', '/members', '/count']) await bound.problem('GET', `/segments/${id}${path}`, 404);
  await bound.problem('PATCH', `/segments/${id}`, 404, { name: 'Mine' });
  await bound.problem('DELETE', `/segments/${id}`, 404);
  await bound.problem('POST', `/segments/${id}/members`, 404, { remove: [foreigner] });
  await bound.problem('GET', '/segments?database_id=2', 404);
  await bound.problem('POST', '/segments', 404, { name: 'Mine', database_id: 2, kind: 'static' });
  assert.deepEqual(await admin.object('GET', `/segments/${id}/count`, 200), { count: 1 });
  await admin.problem('GET', '/segments/999', 404);
  await admin.problem('DELETE', '/segments/999', 404);
  assert.deepEqual(server.faults, []);
});
