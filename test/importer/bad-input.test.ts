import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/index.ts';
import { IMPORT, type TestAnswer, TestMuster, TOKEN } from '../app/test-muster.ts';

const MAX_ITEMS = 80;
const DEPTH = 10_000;
const DEEP = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const GOOD = '{"data":{"email":"good@x.ru"}}';
const WALK = {
  nodes: [
    { id: 'start', type: 'start', name: 'Default', next: 'end' },
    { id: 'end', type: 'end' },
  ],
};
let muster: TestMuster;
let requests = 0;

before(async () => {
  muster = await TestMuster.start({ MUSTER_MAX_ITEMS: String(MAX_ITEMS) });
});
after(() => muster.stop());

/** Sends JSON text as it stands, since much of what is bad cannot be printed by `JSON.stringify`. */
async function send(text: string, token = TOKEN): Promise<TestAnswer> {
  requests += 1;
  const headers = { authorization: `Bearer ${token}`, 'request-id': `request ${requests}` };
  return muster.post(IMPORT, text, headers);
}

function batch(items: readonly string[], more = ''): string {
  return `{"workflow_id":1${more},"data":[${items.join(',')}]}`;
}

async function countRows(): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from task) as tasks, (select count(*) from profile) as profiles`.execute(
    muster.db,
  );
  return rows;
}

/** A new database with an active workflow. */
async function makeWorkflow(databaseId: JsonValue): Promise<JsonValue> {
  const body = { name: 'w', database_id: databaseId, reentry: 'each', definition: WALK };
  const { id } = await muster.make('/workflows', body);
  await muster.make(`/workflows/${String(id)}/publish`);
  await muster.make(`/workflows/${String(id)}/activate`);
  return id ?? null;
}

interface Outcome {
  readonly results: readonly JsonValue[];
  readonly counters: JsonObject;
}

async function importAll(text: string): Promise<Outcome> {
  const { json } = await muster.completed(await send(text));
  const { data } = json;
  assert.ok(isJsonObject(data) && isJsonObject(data['result']) && isJsonObject(data['counters']));
  const { counters } = data;
  const { result } = data['result'];
  assert.ok(Array.isArray(result));
  const sum = (...names: string[]): number =>
    names.reduce((total, name) => total + Number(counters[name]), 0);
  const imported = sum('created', 'updated', 'unchanged');
  assert.equal(
    imported + sum('waiting', 'invalid', 'ambiguous', 'not_found', 'cancelled'),
    counters['total'],
  );
  assert.equal(sum('started', 'skipped_reentry'), imported);
  return { results: result, counters };
}

const refusals: readonly (readonly [name: string, text: string, error: number, debug: RegExp])[] = [
  ['broken JSON', '{"workflow_id":1,"data":[', 400, /^body: not valid JSON, it breaks off at line 1/],
  ['data empty', batch([]), 400, /^data: .*empty/],
  ['data missing', '{"workflow_id":1}', 400, /^data: /],
  ['data null', '{"workflow_id":1,"data":null}', 400, /^data: /],
  ['data a text', '{"workflow_id":1,"data":"x"}', 400, /^data: /],
  ['data too long', batch(Array(MAX_ITEMS + 1).fill(GOOD)), 400, /^data: .*80.*found 81$/],
  ['no workflow', `{"data":[${GOOD}]}`, 400, /^workflow_id: /],
  ['unknown workflow', `{"workflow_id":9999,"data":[${GOOD}]}`, 404, /^workflow_id: .*9999/],
  ['workflow_id a word', `{"workflow_id":"one","data":[${GOOD}]}`, 400, /^workflow_id: /],
  ['workflow_id a fraction', `{"workflow_id":1.5,"data":[${GOOD}]}`, 400, /^workflow_id: /],
  ['workflow_id beyond int', `{"workflow_id":1e300,"data":[${GOOD}]}`, 404, /^workflow_id: /],
  ['unknown matching', batch([GOOD], ',"matching":"name"'), 400, /^matching: .*email/],
  ['matching of a prototype', batch([GOOD], ',"matching":"constructor"'), 400, /^matching: /],
  ['custom without field', batch([GOOD], ',"matching":"custom"'), 400, /^field_name: /],
  ['unknown field', batch([GOOD], ',"matching":"custom","field_name":"None"'), 400, /^field_name: /],
  [
    'field __proto__',
    batch([GOOD], ',"matching":"custom","field_name":"__proto__"'),
    400,
    /^field_name: .*no such field/,
  ],
  ['content a text', batch([GOOD], ',"content":"x"'), 400, /^content: /],
  ['content with NUL', batch([GOOD], ',"content":{"a":["\\u0000"]}'), 400, /^content\.a\[0\]: .*NUL/],
  ['content too deep', batch([GOOD], `,"content":{"a":${DEEP}}`), 400, /^content.*nested/],
  ['content out of range', batch([GOOD], ',"content":{"a":1e400}'), 400, /^content\.a: .*range/],
  ['custom_data a list', batch([GOOD], ',"custom_data":[1]'), 400, /^custom_data: /],
  ['custom_data, half a pair', batch([GOOD], ',"custom_data":{"a":"\\ud800"}'), 400, /^custom_data\.a: /],
  ['root value with NUL', batch([GOOD], ',"email":"a\\u0000"'), 400, /^email: .*NUL/],
  ['root value too deep', batch([GOOD], `,"email":${DEEP}`), 400, /^email.*nested/],
  ['detect_geo a text', batch([GOOD], ',"detect_geo":"yes"'), 400, /^detect_geo: /],
  ['filter', batch([GOOD], ',"custom_request":{"a":{"$where":1}}'), 400, /^custom_request\.a\.\$where: /],
  ['filter for two', batch([GOOD, GOOD], ',"custom_request":{}'), 400, /^custom_request: .*one item/],
  ['unknown resource', batch([GOOD], ',"resource_id":9'), 404, /^resource_id: .*9/],
  ['skip_triggers a text', batch([GOOD], ',"skip_triggers":"yes"'), 400, /^skip_triggers: /],
];

for (const [name, text, error, debug] of refusals) {
  test(`refused as a whole: ${name}`, async () => {
    const before = await countRows();
    const answer = await send(text);
    assert.equal(answer.status, 200);
    assert.equal(answer.json['error'], error, answer.text);
    assert.match(String(answer.json['error_debug']), debug);
    assert.deepEqual(await countRows(), before);
  });
}

test('refused as a whole: an inactive workflow, and one of a database that the token may not use', async () => {
  const { id: databaseId } = await muster.make('/databases', { name: 'other' });
  const workflowId = await makeWorkflow(databaseId ?? null);
  const ofOther = `{"workflow_id":${String(workflowId)},"data":[${GOOD}]}`;
  const { token } = await muster.make('/tokens', { name: 't', rights: ['import'], database_ids: [1] });
  const foreign = await send(ofOther, String(token));
  assert.equal(foreign.json['error'], 403);
  assert.match(String(foreign.json['error_debug']), /database/);
  await muster.make(`/workflows/${String(workflowId)}/deactivate`);
  const inactive = await send(ofOther);
  assert.equal(inactive.json['error'], 409);
  assert.match(String(inactive.json['error_debug']), /^workflow_id: .*not active$/);
});

/** Items as JSON text, the field that their error names, and a part of what it says. */
const badItems: readonly (readonly [item: string, field: string, text: RegExp])[] = [
  ['null', 'data', /an object for each profile/],
  ['7', 'data', /an object/],
  ['"x"', 'data', /an object/],
  ['[]', 'data', /an object/],
  ['{"data":null}', 'email', /a value to match by/],
  ['{"data":[]}', 'data', /an object/],
  ['{}', 'email', /a value to match by/],
  ['{"data":{}}', 'email', /a value to match by/],
  [DEEP, 'data', /nested deeper/],
  [`{"data":{"email":"b@x.ru","_fname":${DEEP}}}`, 'data', /nested deeper/],
  [`${'{"data":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`, 'data', /nested deeper/],
  [`{"data":{"email":"b@x.ru"},"content":${DEEP}}`, 'data', /nested deeper/],
  ['{"data":{"email":"b@x.ru","__proto__":{"x":1}}}', '__proto__', /no such field/],
  ['{"data":{"email":"b@x.ru","constructor":"x"}}', 'constructor', /no such field/],
  ['{"email":"b@x.ru","__proto__":"x"}', '__proto__', /no such field/],
  ['{"__proto__":{"email":"b@x.ru"},"data":{}}', 'email', /a value to match by/],
  ['{"data":{"__proto__":{"email":"b@x.ru"}}}', 'email', /a value to match by/],
  ['{"data":{"email":"b@x.ru","Unknown":1}}', 'Unknown', /no such field/],
  ['{"data":{"email":"b@x.ru","a\\u0000":1}}', 'a␀', /no such field/],
  ['{"data":{"email":"b@x.ru","a\\udc00":1}}', 'a\ufffd', /no such field/],
  ['{"data":{"email":"b@x.ru","_fname":"a\\u0000b"}}', '_fname', /NUL/],
  ['{"data":{"email":"b@x.ru","_fname":"a\\ud800"}}', '_fname', /surrogate/],
  ['{"data":{"email":"b\\u0000@x.ru"}}', 'email', /an e-mail address/],
  ['{"data":{"email":"b\\ud800@x.ru"}}', 'email', /an e-mail address/],
  ['{"data":{"email":"b at x.ru"}}', 'email', /an e-mail address/],
  ['{"data":{"email":["b@x.ru"]}}', 'email', /an e-mail address/],
  ['{"data":{"email":"b@x.ru","_status":9007199254740993}}', '_status', /2\^53/],
  ['{"data":{"email":"b@x.ru","_fname":12345678901234567890}}', '_fname', /2\^53/],
  ['{"data":{"email":"b@x.ru","_status":1e400}}', '_status', /out of range/],
  ['{"data":{"email":"b@x.ru"},"content":{"a":[-1e999]}}', 'content', /content\.a\[0\]: .*range/],
  ['{"data":{"email":"b@x.ru","phones":""}}', 'phones', /a phone number/],
  ['{"data":{"email":"b@x.ru","phones":9007199254740993}}', 'phones', /a phone number/],
  ['{"data":{"email":"b@x.ru","phones":{"0":"+79862014852"}}}', 'phones', /a phone number/],
  ['{"data":{"email":"b@x.ru","_bdate":"30.02.2001"}}', '_bdate', /a date/],
  ['{"data":{"email":"b@x.ru","_sex":"no"}}', '_sex', /male or female/],
  ['{"data":{"email":"b@x.ru"},"content":"x"}', 'content', /an object/],
  ['{"data":{"email":"b@x.ru"},"content":{"a":"\\u0000"}}', 'content', /NUL/],
  ['{"data":{"email":"b@x.ru"},"custom_data":[]}', 'custom_data', /an object/],
  ['{"data":{"email":"b@x.ru"},"custom_data":{"\\ud800":1}}', 'custom_data', /surrogate/],
  ['{"data":{"email":"b@x.ru"},"detect_geo":1}', 'detect_geo', /true or false/],
  ['{"data":{"email":"b@x.ru"},"custom_request":{"_city":{"$x":1}}}', 'custom_request', /_city\.\$x: /],
  ['{"data":{"email":"b@x.ru"},"resource_id":9}', 'resource_id', /a resource of the database/],
  ['{"data":{"email":"b@x.ru","subscriptions":"all"}}', 'subscriptions', /a list/],
  ['{"data":{"email":"b@x.ru","subscriptions":[{"email":"b@x.ru"}]}}', 'subscriptions', /\[0\]\.resource_id/],
];

test('each bad item gets an error that names the field, and the items around it go through', async () => {
  const good = (index: number): string => `{"data":{"email":"g${index}@x.ru"}}`;
  const middle = Math.ceil(badItems.length / 2);
  const items = badItems.map(([item]) => item);
  const { results, counters } = await importAll(
    batch([good(0), ...items.slice(0, middle), good(1), ...items.slice(middle), good(2)]),
  );
  assert.equal(counters['invalid'], badItems.length);
  assert.equal(counters['created'], 3);
  const ids = [0, middle + 1, results.length - 1];
  for (const index of ids) assert.match(String(Object(results[index])['profile_id']), /^[0-9a-f]{24}$/);
  const faults = results.filter((_result, index) => !ids.includes(index));
  for (const [index, [item, field, text]] of badItems.entries()) {
    const { error, error_text, field: named } = Object(faults[index]);
    const shown = `${item.slice(0, 80)} ${JSON.stringify(faults[index])}`;
    assert.deepEqual([error, named], [400, field], shown);
    assert.ok(String(error_text).startsWith(field), shown);
    assert.match(String(error_text), text, shown);
  }
  const { rows } = await sql<{ email: string }>`
    select fields ->> 'email' as email from profile where database_id = 1 order by email`.execute(muster.db);
  assert.deepEqual(rows, [{ email: 'g0@x.ru' }, { email: 'g1@x.ru' }, { email: 'g2@x.ru' }]);
});

test('what only looks bad goes through: one object instead of a list, unknown keys, spellings of one value', async () => {
  const single = await importAll('{"workflow_id":1,"nonsense":[],"data":{"email":"single@x.ru"}}');
  assert.equal(single.results.length, 1);
  const spellings = [
    '{"data":{"email":"Иван@Пример.рф"}}',
    '{"data":{"email":"  иван@xn--e1afmkfd.xn--p1ai "}}',
    '{"email":"ИВАН@ПРИМЕР.РФ","data":{"_fname":"Иван"},"nonsense":{"__proto__":1}}',
  ];
  const byEmail = await importAll(batch(spellings));
  assert.equal(new Set(byEmail.results.map((result) => Object(result)['profile_id'])).size, 1);
  assert.equal(byEmail.counters['created'], 1);
  const phones = ['79862014852', '"8 (986) 201-48-52"', '"+7 986 201-48-52"', '["89862014852"]', '""'];
  const items = phones.map((phone) => `{"data":{"phones":${phone}}}`);
  const byPhone = await importAll(batch(items, ',"matching":"phone"'));
  assert.equal(new Set(byPhone.results.slice(0, 4).map((result) => Object(result)['profile_id'])).size, 1);
  assert.equal(Object(byPhone.results[4])['field'], 'phones');
  assert.deepEqual([byPhone.counters['created'], byPhone.counters['invalid']], [1, 1]);
});
