import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isJsonObject, type JsonObject, type JsonValue, systemClock } from '../../src/base/index.ts';
import { createDatabase, createField, createResource } from '../../src/profiles/index.ts';
import { createSuppressionList } from '../../src/suppression/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let reader: string;
/** A token that is bound to database 2. */
let bound: string;

before(async () => {
  server = await createTestServer();
  reader = await server.makeToken(['read']);
  bound = await server.makeToken(['import'], [2]);
  const { db } = server.deps;
  for (const name of ['First', 'Second', 'Third']) await createDatabase(db, systemClock, { name });
  await createField(db, systemClock, 1, { name: 'city', type: 'string', match: true });
  await createField(db, systemClock, 1, { name: 'size', type: 'enum', options: ['S', 'M'] });
  await createSuppressionList(db, systemClock, { name: 'all', databaseIds: null });
  await createSuppressionList(db, systemClock, { name: 'second', databaseIds: [2] });
  await createResource(db, systemClock, {
    name: 'Shop',
    databaseIds: [1, 2],
    channels: ['email', 'push'],
    categories: ['News'],
    fields: [
      { name: 'visits', type: 'int', options: null, match: false },
      { name: 'plan', type: 'string', options: null, match: true },
    ],
  });
  await createResource(db, systemClock, { name: 'Blog', databaseIds: [1], channels: ['sms'] });
  await createResource(db, systemClock, { name: 'Nobody' });
});
after(() => server.close());

async function call(method: string, body: object, token = reader): Promise<JsonObject> {
  return (await server.post(`/api/v1.1/${method}`, { token, ...body })).json;
}

function listOf({ data }: JsonObject): JsonObject[] {
  assert.ok(Array.isArray(data) && data.every(isJsonObject));
  return data;
}

const done = { error: 0, error_text: 'Successful operation' };

function failure(error: number, debug: string, text: string) {
  return { error, error_debug: debug, error_text: text };
}

function database(id: number, name: string) {
  return { id, name, ui_tags: [], Groups: [{ Id: 0, Name: 'main' }] };
}

function resource(id: number, name: string) {
  return { id, name, groups: [{ id: 0, name: 'main' }] };
}

test('databases and resources are listed as the platform lists them, byte for byte', async () => {
  const databases = await server.post('/api/v1.1/databases/list/', { token: reader, limit: 1 });
  assert.equal(
    databases.text,
    '{"data":[{"id":1,"name":"First","ui_tags":[],"Groups":[{"Id":0,"Name":"main"}]}],' +
      '"error":0,"error_text":"Successful operation","next_from_id":2,"total_count":3}',
  );
  const resources = await server.post('/api/v1.1/resources/list', { token: reader, limit: 1 });
  assert.equal(
    resources.text,
    '{"data":[{"id":1,"name":"Shop","groups":[{"id":0,"name":"main"}]}],' +
      '"error":0,"error_text":"Successful operation","next_from_id":2,"total_count":3}',
  );
});

test('lists are walked by next_from_id until a page is empty', async () => {
  const pages: JsonObject[][] = [];
  let from: JsonValue | undefined = 1;
  for (;;) {
    const page = await call('databases/list', { from_id: from, limit: 2 });
    assert.equal(page['total_count'], 3);
    pages.push(listOf(page));
    from = page['next_from_id'];
    if (listOf(page).length === 0) break;
  }
  assert.deepEqual(pages, [[database(1, 'First'), database(2, 'Second')], [database(3, 'Third')], []]);
  assert.equal(from, 4);
  assert.deepEqual(await call('resources/list', { from_id: 2 }), {
    data: [resource(2, 'Blog'), resource(3, 'Nobody')],
    ...done,
    next_from_id: 4,
    total_count: 3,
  });
});

test('there is one access group and no tags', async () => {
  const empty = { data: [], ...done, next_from_id: 1, total_count: 0 };
  for (const filter of [{ groups: ['vip'] }, { groups_id: [1, 2] }, { ui_tags: ['B2C'] }]) {
    assert.deepEqual(await call('databases/list', filter), empty, JSON.stringify(filter));
  }
  const all = await call('databases/list', { groups: ['vip', 'main'], groups_id: [0], ui_tags: [] });
  assert.equal(listOf(all).length, 3);
});

test('a database is got with the suppression list that names it', async () => {
  const first = { id: 1, name: 'First', suppress_id: 0, description: '' };
  assert.deepEqual(await call('databases/get', { id: 1 }), { data: first, ...done });
  const second = { id: 2, name: 'Second', suppress_id: 2, description: '' };
  assert.deepEqual(await call('databases/get/', { id: 2 }, bound), { data: second, ...done });
});

test('fields of a database are its own and those that every one has, with the types of the platform', async () => {
  const data = listOf(await call('databases/fields_get', { id: 1 }));
  const common = { title: 'city', name: 'city', required: false };
  assert.deepEqual(data[0], { category: 'custom', ...common, type: 'unicode', match: true });
  assert.deepEqual(data[1], {
    ...{ category: 'custom', title: 'size', name: 'size', required: false, type: 'enum' },
    options: ['S', 'M'],
    match: false,
  });
  const system = new Map(data.slice(2).map((field) => [field['name'], field]));
  assert.ok([...system.values()].every((field) => field['category'] === 'system'));
  const type = (name: string) => system.get(name)?.['type'];
  assert.deepEqual(
    [type('_fname'), type('_status'), type('_bdate'), type('email'), type('phones'), type('_sex')],
    ['unicode', 'int', 'date', 'email', 'phones', 'enum'],
  );
  assert.deepEqual([type('_tz'), system.get('_tz')?.['dictionary']], ['unicode', 'tz']);
  assert.deepEqual([system.get('email')?.['match'], system.get('_fname')?.['match']], [true, false]);
});

test('a resource is got with its channels, databases and fields', async () => {
  assert.deepEqual(await call('resources/get', { id: 1 }), {
    data: {
      channels: ['email', 'push'],
      dbs_ids: [1, 2],
      id: 1,
      name: 'Shop',
      trk_domain: '',
      url: '',
      categories: ['News'],
    },
    ...done,
  });
  const field = { category: 'custom', required: false };
  const expected = [
    { ...field, title: 'visits', name: 'visits', type: 'int', match: false },
    { ...field, title: 'plan', name: 'plan', type: 'unicode', match: true },
  ];
  assert.deepEqual(await call('resources/fields_get', { id: 1, channel: 'push' }), {
    data: expected,
    ...done,
  });
  assert.deepEqual(await call('resources/fields_get', { id: 1 }), { data: expected, ...done });
  const known = 'email, sms, push, notify, viber, whatsapp, telegram_bot';
  assert.deepEqual(
    await call('resources/fields_get', { id: 1, channel: 'fax' }),
    failure(400, `channel: expected one of ${known}`, 'Invalid request'),
  );
});

test('a token of one database never sees another', async () => {
  assert.deepEqual(await call('databases/list', {}, bound), {
    ...{ data: [database(2, 'Second')], ...done, next_from_id: 3, total_count: 1 },
  });
  assert.deepEqual(await call('resources/list', {}, bound), {
    ...{ data: [resource(1, 'Shop')], ...done, next_from_id: 2, total_count: 1 },
  });
  const { data: shop } = await call('resources/get', { id: 1 }, bound);
  assert.ok(isJsonObject(shop));
  assert.deepEqual(shop['dbs_ids'], [2]);
  for (const id of [1, 99]) {
    for (const method of ['databases/get', 'databases/fields_get']) {
      const refused = failure(403, `token: does not have database ${id}`, 'No access');
      assert.deepEqual(await call(method, { id }, bound), refused);
    }
  }
  for (const id of [2, 3, 99]) {
    for (const method of ['resources/get', 'resources/fields_get']) {
      const missing = failure(404, `id: there is no resource ${id}`, 'Not found');
      assert.deepEqual(await call(method, { id }, bound), missing);
    }
  }
});

test('ids and pages that are none are refused by their key', async () => {
  for (const method of ['databases/get', 'databases/fields_get', 'resources/get', 'resources/fields_get']) {
    const kind = method.startsWith('databases') ? 'database' : 'resource';
    for (const id of [undefined, null, 0, 1.5, '1', 2 ** 31]) {
      const expected = `id: expected the id of a ${kind}, a whole number of at least 1`;
      assert.deepEqual(
        await call(method, { id }),
        failure(400, expected, 'Invalid request'),
        `${method} ${id}`,
      );
    }
    assert.deepEqual(await call(method, { id: 77 }), failure(404, `id: there is no ${kind} 77`, 'Not found'));
  }
  for (const method of ['databases/list', 'resources/list']) {
    for (const [page, expected] of [
      [{ from_id: -1 }, 'from_id: expected a whole number of at least 0'],
      [{ limit: 0 }, 'limit: expected a whole number of at least 1'],
      [{ limit: 'all' }, 'limit: expected a whole number of at least 1'],
      [{ groups: 'main' }, 'groups: expected a list'],
    ] as const) {
      assert.deepEqual(await call(method, page), failure(400, expected, 'Invalid request'));
    }
  }
});

test('XML is read and answered', async () => {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/v1.1/databases/get/',
    headers: { 'content-type': 'application/xml' },
    payload: `<xml><id>2</id><token>${reader}</token></xml>`,
  });
  assert.equal(
    answer.body,
    '<?xml version="1.0" encoding="UTF-8"?><xml><data><id>2</id><name>Second</name><suppress_id>2</suppress_id>' +
      '<description><![CDATA[]]></description></data><error>0</error><error_text>Successful operation</error_text></xml>',
  );
  assert.deepEqual(server.faults, []);
});
