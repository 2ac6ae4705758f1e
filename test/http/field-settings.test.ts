import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject, ManualClock } from '../../src/base/index.ts';
import { createFieldBuilder } from '../../src/profiles/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let admin: AdminClient;
let token: string;

before(async () => {
  server = await createTestServer({}, { clock });
  token = await server.makeToken(['admin', 'import']);
  admin = createAdminClient(server, token);
});
after(() => server.close());

async function makeDatabase(): Promise<number> {
  return Number((await admin.object('POST', '/databases', 201, { name: 'Shop' }))['id']);
}

async function importProfiles(databaseId: number, data: JsonObject[]): Promise<JsonObject> {
  const answer = await server.post(
    '/api/v1.1/profiles/import_batch',
    { db_id: databaseId, matching: 'email', data },
    { authorization: `Bearer ${token}` },
  );
  assert.equal(answer.json['error'], 0, answer.text);
  return answer.json;
}

/** Lets the builder work, and time go on, until nothing is left to do. */
async function buildAll(): Promise<void> {
  const signals = createTestSignals();
  const { db, log } = server.deps;
  const builder = createFieldBuilder({ db, clock, log, signals, leaseSeconds: 30, pageRows: 2 });
  let idle = signals.until('build', 'idle');
  await builder.start();
  for (;;) {
    await idle;
    const { rows } = await sql`select from field_build where finished_at is null`.execute(db);
    if (rows.length === 0) break;
    idle = signals.until('build', 'idle');
    clock.advance(1_000);
  }
  await builder.stop();
}

test('a field is declared a match field, and its progress is seen', async () => {
  const id = await makeDatabase();
  const fields = `/databases/${id}/fields`;
  const made = await admin.object('POST', fields, 201, { name: 'code', type: 'string', required: true });
  assert.deepEqual(
    [made['match'], made['required'], made['indexed'], made['build']],
    [false, true, false, null],
  );
  await importProfiles(
    id,
    ['a', 'b', 'c'].map((code) => ({ email: `${code}@x.ru`, code })),
  );
  const changed = await admin.object('PATCH', `${fields}/${made['id']}`, 200, { match: true });
  const order = { what: 'match', state: 'running', done: 0, total: null, fault: null };
  const noPace = { rows_per_second: null, seconds_left: null };
  assert.deepEqual(changed, { ...made, match: true, build: { ...order, ...noPace } });
  const [waiting] = await admin.data(`/databases/${id}/builds`);
  assert.deepEqual(waiting, {
    ...{ id: waiting?.['id'] ?? 0, field: 'code', ...order, ...noPace },
    ...{ declared_at: clock.now().toISOString(), started_at: null, finished_at: null },
  });

  await buildAll();
  const [listed] = await admin.data(fields);
  assert.equal(listed?.['indexed'], true);
  const progress = listed['build'];
  assert.ok(isJsonObject(progress ?? null));
  assert.deepEqual(
    { ...Object(progress), rows_per_second: 0 },
    {
      ...{ ...order, state: 'done', done: 3, total: 3 },
      ...{ rows_per_second: 0, seconds_left: 0 },
    },
  );
  assert.ok(Number(Object(progress)['rows_per_second']) > 0);
  const [done] = await admin.data(`/databases/${id}/builds`);
  assert.equal(done?.['state'], 'done');
  assert.equal(done['finished_at'], clock.now().toISOString());
});

test('settings that do not fit are refused, and each fault names its key', async () => {
  const id = await makeDatabase();
  const fields = `/databases/${id}/fields`;
  const size = await admin.object('POST', fields, 201, { name: 'size', type: 'enum', options: ['S', 'M'] });
  const box = await admin.object('POST', fields, 201, { name: 'box', type: 'object' });
  const grown = await admin.object('PATCH', `${fields}/${size['id']}`, 200, { options: ['S', 'M', 'L'] });
  assert.deepEqual(grown['options'], ['S', 'M', 'L']);
  const cases: ['POST' | 'PATCH', string, number, unknown, string[]][] = [
    ['PATCH', `${fields}/${size['id']}`, 400, { match: 1 }, ['match: must be boolean']],
    ['PATCH', `${fields}/${size['id']}`, 400, { type: 'int' }, ['type: is unknown']],
    [
      'PATCH',
      `${fields}/${size['id']}`,
      400,
      { options: ['S', 'L', 'M'] },
      ['options[1]: expected “M”: options can only be added at the end'],
    ],
    [
      'PATCH',
      `${fields}/${size['id']}`,
      400,
      { options: ['S'] },
      ['options[1]: expected “M”: options can only be added at the end'],
    ],
    ['PATCH', `${fields}/${box['id']}`, 400, { options: ['S'] }, ['options: only an enum has options']],
    [
      'PATCH',
      `${fields}/${box['id']}`,
      400,
      { unique: true },
      ['unique: a field of this type can be neither a match field nor unique'],
    ],
    ['POST', fields, 400, { name: 'own' }, ['type: is missing']],
    ['POST', fields, 400, { name: '_bdate', type: 'int', match: true }, ['type: _bdate has the type date']],
    ['POST', fields, 409, { name: 'email', match: true }, ['name: the database has a field email already']],
    ['PATCH', `${fields}/9999`, 404, { match: true }, []],
    ['PATCH', '/databases/9999/fields/1', 404, { match: true }, []],
  ];
  for (const [method, path, status, body, expected] of cases) {
    assert.deepEqual(await admin.problem(method, path, status, body), expected, JSON.stringify(body));
  }
  assert.equal((await admin.problem('PATCH', `${fields}/${size['id']}`, 400, {})).length, 1);
  const other = await makeDatabase();
  await admin.problem('PATCH', `/databases/${other}/fields/${size['id']}`, 404, { match: true });
  assert.deepEqual(await admin.data(`/databases/${id}/builds`), []);
});

test('what is being removed is not declared again', async () => {
  const id = await makeDatabase();
  const made = await admin.object('POST', `/databases/${id}/fields`, 201, {
    name: 'n',
    type: 'int',
    match: true,
  });
  const path = `/databases/${id}/fields/${made['id']}`;
  const off = await admin.object('PATCH', path, 200, { match: false });
  assert.equal(off['indexed'], false);
  const text = 'what was stored before is still being removed; try again when that has ended';
  assert.deepEqual(await admin.problem('PATCH', path, 409, { match: true }), [`match: ${text}`]);
  assert.deepEqual(await admin.problem('PATCH', path, 409, { unique: true }), [`unique: ${text}`]);
  assert.equal((await admin.object('PATCH', path, 200, { required: true }))['required'], true);
  await buildAll();
  assert.equal((await admin.object('PATCH', path, 200, { match: true }))['match'], true);
});

test('unique e-mail is a setting, and twins are told of', async () => {
  const id = await makeDatabase();
  await importProfiles(id, [{ email: 'a@x.ru' }, { email: 'b@x.ru' }]);
  const on = await admin.object('PATCH', `/databases/${id}`, 200, { unique_email: true });
  assert.equal(on['unique_email'], true);
  await buildAll();
  const refused = await server.post(
    '/api/v1.1/profiles/import_batch',
    { db_id: id, matching: 'phone', data: [{ phones: '+79991234567', email: 'a@x.ru' }] },
    { authorization: `Bearer ${token}` },
  );
  assert.match(refused.text, /another profile has this value/);
  await admin.object('PATCH', `/databases/${id}`, 200, { unique_email: false });
  assert.deepEqual(await admin.problem('PATCH', `/databases/${id}`, 409, { unique_email: true }), [
    'unique_email: what was stored before is still being removed; try again when that has ended',
  ]);
  await buildAll();
  await server.post(
    '/api/v1.1/profiles/import_batch',
    { db_id: id, matching: 'phone', data: [{ phones: '+79991234568', email: 'a@x.ru' }] },
    { authorization: `Bearer ${token}` },
  );
  await admin.object('PATCH', `/databases/${id}`, 200, { unique_email: true });
  await buildAll();
  assert.equal((await admin.object('GET', `/databases/${id}`, 200))['unique_email'], false);
  const [failed] = await admin.data(`/databases/${id}/builds`);
  assert.deepEqual([failed?.['field'], failed?.['what'], failed?.['state']], ['email', 'unique', 'failed']);
  assert.match(
    String(failed?.['fault']),
    /^profiles [0-9a-f]{24} and [0-9a-f]{24} have the same value: a@x\.ru$/,
  );
});

test('a standard field is declared, and stays a field of the system for clients of the dialect', async () => {
  const id = await makeDatabase();
  const made = await admin.object('POST', `/databases/${id}/fields`, 201, { name: '_sex', match: true });
  assert.deepEqual([made['type'], made['match'], made['indexed']], ['sex', true, false]);
  await buildAll();
  const answer = await server.post(
    '/api/v1.1/databases/fields_get',
    { id },
    { authorization: `Bearer ${token}` },
  );
  const { data } = answer.json;
  assert.ok(Array.isArray(data));
  const found = data.filter((field) => Object(field)['name'] === '_sex');
  assert.equal(found.length, 1);
  assert.deepEqual([Object(found[0])['category'], Object(found[0])['match']], ['system', true]);
});

test('only who may administer the database changes its fields and sees its builds', async () => {
  const id = await makeDatabase();
  const made = await admin.object('POST', `/databases/${id}/fields`, 201, { name: 'code', type: 'string' });
  const path = `/databases/${id}/fields/${made['id']}`;
  const importer = createAdminClient(server, await server.makeToken(['import', 'read']));
  await importer.problem('PATCH', path, 403, { match: true });
  await importer.problem('GET', `/databases/${id}/builds`, 403);
  const neighbour = createAdminClient(server, await server.makeToken(['admin'], [await makeDatabase()]));
  await neighbour.problem('PATCH', path, 404, { match: true });
  await neighbour.problem('PATCH', `/databases/${id}`, 404, { unique_email: true });
  await neighbour.problem('GET', `/databases/${id}/builds`, 404);
  const owner = createAdminClient(server, await server.makeToken(['admin'], [id]));
  assert.equal((await owner.object('PATCH', path, 200, { match: true }))['match'], true);
  assert.equal((await owner.data(`/databases/${id}/builds`)).length, 1);
});
