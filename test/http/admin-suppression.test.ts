import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AdminClient } from './admin-client.ts';
import { NOW, openAdminScene } from './admin-scene.ts';
import type { TestServer } from './test-server.ts';

const LISTS = '/suppression-lists';
let server: TestServer;
let admin: AdminClient;
/** An administrator of database 1 alone. */
let bound: AdminClient;

before(async () => {
  ({ server, admin, bound } = await openAdminScene());
});
after(() => server.close());

async function make(databases: number[] | null = null): Promise<string> {
  const { id } = await admin.object('POST', LISTS, 201, { name: 'Some', databases });
  return `${LISTS}/${id}`;
}

test('lists are made, listed, changed, deleted', async () => {
  const made = await admin.object('POST', LISTS, 201, { name: 'Stop' });
  assert.deepEqual(made, { id: made['id'] ?? 0, name: 'Stop', databases: null, created_at: NOW });
  const own = await bound.object('POST', LISTS, 201, { name: 'Own', databases: [1] });
  assert.deepEqual(await admin.object('GET', LISTS, 200), { data: [made, own], total: 2 });
  const path = `${LISTS}/${made['id']}`;
  const renamed = await admin.object('PATCH', path, 200, { name: 'Stop them' });
  assert.deepEqual(renamed, { ...made, name: 'Stop them' });
  const narrowed = await admin.object('PATCH', path, 200, { databases: [2] });
  assert.deepEqual(narrowed, { ...renamed, databases: [2] });
  assert.deepEqual(await admin.object('PATCH', path, 200, { databases: null }), renamed);
  await admin.object('POST', `${path}/entries`, 200, { kind: 'email', values: ['a@example.com'] });
  await admin.gone(path);
  await admin.problem('GET', path, 404);
});

test('entries are added in their normal form, those that are none are listed', async () => {
  const path = await make();
  const added = await admin.object('POST', `${path}/entries`, 200, {
    kind: 'email',
    values: [' Ann@Example.COM', 'ann@example.com', 'no address', 'bob@пример.рф'],
    reason: 'asked for it',
  });
  assert.deepEqual(added, {
    ...{ total: 4, imported: 2, duplicated: 1 },
    invalid: [{ index: 2, value: 'no address' }],
  });
  const domains = {
    kind: 'domain',
    values: ['@Bad.Example', 'xn--e1afmkfd.xn--p1ai', 'a@b.ru', 'nodot', ''],
  };
  assert.deepEqual((await admin.object('POST', `${path}/entries`, 200, domains))['invalid'], [
    { index: 2, value: 'a@b.ru' },
    { index: 3, value: 'nodot' },
    { index: 4, value: '' },
  ]);
  const phones = { kind: 'phone', values: ['+7 (999) 123-45-67', '79991234567', '12'] };
  assert.deepEqual(await admin.object('POST', `${path}/entries`, 200, phones), {
    ...{ total: 3, imported: 1, duplicated: 1 },
    invalid: [{ index: 2, value: '12' }],
  });
  assert.deepEqual(await admin.data(`${path}/entries?kind=email`), [
    { kind: 'email', value: 'ann@example.com', reason: 'asked for it', created_at: NOW },
    { kind: 'email', value: 'bob@пример.рф', reason: 'asked for it', created_at: NOW },
  ]);
  const values = (await admin.data(`${path}/entries?kind=domain`)).map((entry) => entry['value']);
  assert.deepEqual(values, ['bad.example', 'пример.рф']);
  assert.deepEqual(await admin.data(`${path}/entries?kind=phone&prefix=%2B7999`), [
    { kind: 'phone', value: '+79991234567', reason: null, created_at: NOW },
  ]);
  const removal = { kind: 'email', values: ['ANN@example.com', 'none@example.com'] };
  assert.deepEqual(await admin.object('DELETE', `${path}/entries`, 200, removal), { removed: 1 });
  const page = await admin.object('GET', `${path}/entries?kind=domain&limit=1`, 200);
  assert.equal(page['next_after'], 'bad.example');
  const rest = await admin.object('GET', `${path}/entries?kind=domain&limit=1&after=bad.example`, 200);
  assert.equal(rest['next_after'], null);
});

test('a body that is not usable is refused by its keys', async () => {
  const path = await make();
  const cases: ['POST' | 'PATCH' | 'DELETE', string, object, string[]][] = [
    ['POST', LISTS, {}, ['name: is missing']],
    ['POST', LISTS, { name: 'x', databases: [77] }, ['databases[0]: there is no database 77']],
    ['PATCH', path, { databases: [1, 77] }, ['databases[1]: there is no database 77']],
    ['PATCH', path, { name: ' ' }, ['name: must match pattern "\\S"']],
    ['POST', `${path}/entries`, { values: ['a'] }, ['kind: is missing']],
    [
      'POST',
      `${path}/entries`,
      { kind: 'fax', values: ['a'] },
      ['kind: expected one of email, domain, phone'],
    ],
    ['POST', `${path}/entries`, { kind: 'email', values: [5] }, ['values[0]: must be string']],
    ['DELETE', `${path}/entries`, { kind: 'email' }, ['values: is missing']],
  ];
  for (const [method, url, body, expected] of cases) {
    assert.deepEqual(await admin.problem(method, url, 400, body), expected, JSON.stringify(body));
  }
  const many = { kind: 'email', values: Array.from({ length: 10_001 }, () => 'a@example.com') };
  await admin.problem('POST', `${path}/entries`, 400, many);
  assert.deepEqual(await admin.problem('GET', `${path}/entries`, 400), ['kind: is missing']);
});

test('a token of one database neither sees nor touches lists that count for another', async () => {
  const body = { kind: 'email', values: ['secret@example.com'] };
  for (const path of [await make(), await make([2]), await make([1, 2])]) {
    await admin.object('POST', `${path}/entries`, 200, body);
    await bound.problem('GET', path, 404);
    await bound.problem('PATCH', path, 404, { name: 'Mine' });
    await bound.problem('DELETE', path, 404);
    await bound.problem('GET', `${path}/entries?kind=email`, 404);
    await bound.problem('POST', `${path}/entries`, 404, body);
    await bound.problem('DELETE', `${path}/entries`, 404, body);
    assert.equal((await admin.data(`${path}/entries?kind=email`)).length, 1);
  }
  const own = await make([1]);
  for (const databases of [null, [2], [1, 2]]) {
    await bound.problem('POST', LISTS, 403, { name: 'Mine', databases });
    await bound.problem('PATCH', own, 403, { databases });
  }
  await bound.problem('POST', LISTS, 403, { name: 'Mine' });
  const seen = await bound.data(LISTS);
  assert.ok(seen.length > 0 && seen.every((list) => String(list['databases']) === '1'));
  await bound.gone(own);
  for (const method of ['GET', 'DELETE'] as const) await admin.problem(method, `${LISTS}/999`, 404);
  assert.deepEqual(server.faults, []);
});
