import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isJsonObject, type JsonObject, systemClock } from '../../src/base/index.ts';
import { createDatabase } from '../../src/profiles/index.ts';
import {
  createSuppressionList,
  type EntryKind,
  getSuppressionList,
  listSuppressionLists,
  pageEntries,
} from '../../src/suppression/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let importer: string;
/** A token that is bound to database 1. */
let bound: string;

before(async () => {
  server = await createTestServer();
  importer = await server.makeToken(['import']);
  bound = await server.makeToken(['import'], [1]);
  for (const name of ['First', 'Second']) await createDatabase(server.deps.db, systemClock, { name });
});
after(() => server.close());

function send(method: string, body: object, token = importer) {
  return server.post(`/api/v1.1/suppresses/${method}`, { token, ...body });
}

async function make(databaseIds: readonly number[] | null = null): Promise<number> {
  return (await createSuppressionList(server.deps.db, systemClock, { name: 'list', databaseIds })).id;
}

async function valuesOf(listId: number, kind: EntryKind): Promise<string[]> {
  const { entries } = await pageEntries(server.deps.db, { listId, kind, limit: 100 });
  return entries.map(({ value }) => value);
}

function savedId({ data }: JsonObject): number {
  assert.ok(isJsonObject(data));
  return Number(data['saved_id']);
}

const done = { error: 0, error_text: 'Successful operation' };

test('a list is made once, however often the request is sent, and counts for the databases of the token', async () => {
  const first = await send('add', { name: 'New suppression list' });
  const id = savedId(first.json);
  assert.equal(first.text, `{"data":{"saved_id":${id}},"error":0,"error_text":"Successful operation"}`);
  const repeat = await send('add', { name: 'New suppression list' });
  assert.equal(repeat.text, first.text);
  assert.equal(repeat.headers['duplicate-request'], 'true');
  assert.equal((await listSuppressionLists(server.deps.db)).length, 1);
  assert.equal((await getSuppressionList(server.deps.db, id)).databaseIds, null);
  const own = await send('add', { name: 'Own' }, bound);
  const ownId = savedId(own.json);
  assert.deepEqual((await getSuppressionList(server.deps.db, ownId)).databaseIds, [1]);
  for (const name of [undefined, 5, ' ']) assert.equal((await send('add', { name })).json['error'], 400);
});

test('one contact is added, in its normal form', async () => {
  const id = await make();
  assert.deepEqual((await send('email_add', { id, email: ' John@Example.com' })).json, done);
  assert.deepEqual((await send('domain_add', { id, domain: 'Bad.Example' })).json, done);
  assert.deepEqual(await valuesOf(id, 'email'), ['john@example.com']);
  assert.deepEqual(await valuesOf(id, 'domain'), ['bad.example']);
  const refused = await send('email_add', { id, email: 'no address' });
  assert.equal(refused.json['error_debug'], 'email: “no address” is none');
  assert.equal((await send('domain_add', { id })).json['error_debug'], 'domain: expected a string');
});

test('many contacts are added, and counted', async () => {
  const id = await make();
  const emails = ['a@x.ru', 'A@x.ru', 'no address', 'b@x.ru'];
  const counts = { total_count: 4, total_duplicated: 1, total_imported: 2, total_updated: 0 };
  const invalid = [{ index: 2, value: 'no address' }];
  assert.deepEqual((await send('emails_add', { id, emails })).json, { ...done, ...counts, invalid });
  const domains = await send('domains_add', { id, domains: ['x.ru', 'y.ru', 'x.ru'] });
  assert.deepEqual(domains.json, {
    ...{ ...done, total_count: 3, total_duplicated: 1, total_imported: 2, total_updated: 0 },
    invalid: [],
  });
  assert.deepEqual(await valuesOf(id, 'domain'), ['x.ru', 'y.ru']);
  const cases: [object, string][] = [
    [{ id, emails: 'a@x.ru' }, 'emails: expected a list of at most 10000 strings'],
    [{ id, emails: ['a@x.ru', 5] }, 'emails[1]: expected a string'],
    [{ emails }, 'id: expected the id of a suppression list, a whole number of at least 1'],
    [{ id: 999, emails }, 'there is no suppression list 999'],
  ];
  for (const [body, expected] of cases) {
    assert.equal((await send('emails_add', body)).json['error_debug'], expected);
  }
});

test('a token needs the right to import, and databases that the list counts for', async () => {
  const body = { emails: ['a@x.ru'] };
  for (const id of [await make(), await make([2]), await make([1, 2])]) {
    assert.equal((await send('emails_add', { id, ...body }, bound)).json['error'], 404);
    assert.deepEqual(await valuesOf(id, 'email'), []);
  }
  const own = await make([1]);
  assert.equal((await send('emails_add', { id: own, ...body }, bound)).json['error'], 0);
  const reader = await server.makeToken(['read']);
  assert.equal((await send('emails_add', { id: own, ...body }, reader)).json['error'], 403);
  assert.deepEqual(server.faults, []);
});
