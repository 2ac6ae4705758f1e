import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isObject, type JsonObject, parseJson } from '../../src/base/index.ts';
import { IMPORT, TestMuster, TOKEN } from '../app/test-muster.ts';

let muster: TestMuster;
let cursor = '';
before(async () => {
  muster = await TestMuster.start();
});
after(() => muster.stop());

/** The events since the last call, without what is the same for all. */
async function events(): Promise<JsonObject[]> {
  const told: JsonObject[] = [];
  for (;;) {
    const after = cursor === '' ? '' : `after=${cursor}&`;
    const answer = await fetch(`${muster.url}/api/events?${after}wait=1`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const page = parseJson(await answer.text());
    assert.ok(isObject(page), String(page));
    assert.equal(answer.status, 200, JSON.stringify(page));
    told.push(...Object(page)['data']);
    cursor = String(Object(page)['next']);
    if (Object(page)['data'].length === 0) return told;
  }
}

function brief(list: readonly JsonObject[], type: string): unknown[] {
  return list
    .filter((one) => one['event_type'] === type)
    .map((one) => [Object(one['event_data'])['item'] ?? null, one['custom_data'] ?? null]);
}

test('an import tells of every item, with its own custom_data or that of the request', async () => {
  const subscription = { resource_id: 1, channel: 'email', email: 'a@x.ru', status: 'unsubscribed' };
  const data = [
    { data: { email: 'a@x.ru', subscriptions: [subscription] } },
    { data: { email: 'b@x.ru' }, custom_data: { own: true } },
    { data: { email: 'no address' } },
    { data: { email: 'b@x.ru', _fname: 'Bea' }, skip_triggers: true },
    { data: { email: 'b@x.ru' } },
  ];
  const body = { token: TOKEN, workflow_id: 1, custom_data: { order: 7 }, data };
  const accepted = await muster.post(IMPORT, JSON.stringify(body));
  await muster.completed(accepted);
  const told = await events();
  const [request, own] = [{ order: 7 }, { own: true }];
  assert.deepEqual(brief(told, 'import_api').sort(), [
    [0, request],
    [1, own],
    [3, request],
    [4, request],
  ]);
  assert.deepEqual(
    new Set(brief(told, 'profile_created')),
    new Set([
      [null, request],
      [null, own],
    ]),
  );
  assert.deepEqual(
    told.filter((one) => one['event_type'] === 'profile_updated').map((one) => one['event_data']),
    [{ fields: ['_fname'] }],
  );
  const [left] = told.filter((one) => one['event_type'] === 'unsubscribed');
  assert.equal(Object(left?.['subscription'])[0]['email'], 'a@x.ru');
  const starts = told.filter((one) => one['event_type'] === 'workflow_start');
  assert.equal(new Set(starts.map((one) => Object(one['event_data'])['task_id'])).size, 1);
  assert.equal(Object(starts[0]?.['event_data'])['task_id'], accepted.json['task_id']);
  const ids = told.map((one) => one['event_id']);
  assert.equal(new Set(ids).size, ids.length);
});

test('what is refused tells nothing, and a dry run neither', async () => {
  await events();
  const body = { token: TOKEN, db_id: 1, dry_run: true, data: { email: 'c@x.ru' } };
  const answer = await muster.post('/api/v1.1/profiles/import', JSON.stringify(body));
  assert.equal(answer.json['error'], 0, answer.text);
  const refused = { token: TOKEN, db_id: 1, data: { email: 'nobody' } };
  await muster.post('/api/v1.1/profiles/import', JSON.stringify(refused));
  assert.deepEqual(await events(), []);
});

test('a deleted profile is told of to nobody any more', async () => {
  const body = { token: TOKEN, db_id: 1, email: 'a@x.ru' };
  const deleted = await muster.post('/api/v1.1/profiles/delete', JSON.stringify(body));
  assert.equal(deleted.json['error'], 0, deleted.text);
  cursor = '';
  const told = await events();
  const of = told.filter((one) => one['profile_id'] === deleted.json['profile_id']);
  assert.ok(!JSON.stringify(of).includes('a@x.ru'), JSON.stringify(of));
});
