import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { TestMuster, TOKEN } from './test-muster.ts';

let muster: TestMuster;
/** Workflows by the event that starts them. */
const watchers = new Map<number, string>();

async function watch(name: string, start: JsonObject): Promise<void> {
  const nodes = [
    { id: 'start', type: 'start', next: 'end', ...start },
    { id: 'end', type: 'end' },
  ];
  const made = await muster.make('/workflows', {
    ...{ name, database_id: 1, reentry: 'each', definition: { nodes } },
  });
  await muster.make(`/workflows/${String(made['id'])}/publish`);
  await muster.make(`/workflows/${String(made['id'])}/activate`);
  watchers.set(Number(made['id']), name);
}

before(async () => {
  muster = await TestMuster.start();
  await muster.make('/resources', { name: 'r', databases: [1], channels: ['email'] });
  await muster.make('/segments', { name: 'vip', database_id: 1, kind: 'static' });
  await muster.make('/segments', {
    ...{ name: 'Omsk', database_id: 1, kind: 'filter', filter: { _city: 'Omsk' } },
  });
  await watch('created', { on: 'profile_created' });
  await watch('updated', { on: 'profile_updated', filter: { _fname: { $ne: 'Silent' } } });
  await watch('unsubscribed', { on: 'subscription_changed', resource_id: 2, status: 'unsubscribed' });
  await watch('back', { on: 'subscription_changed', event: 'subscribed' });
  await watch('vip', { on: 'segment_entered', segment_id: 1 });
  await watch('Omsk', { on: 'segment_entered', segment_id: 2 });
});
beforeEach(async () => {
  await sql`truncate run, profile, identity, segment_member`.execute(muster.db);
});
after(() => muster.stop());

async function send(method: string, body: JsonObject): Promise<JsonObject> {
  const { json, text } = await muster.post(`/api/v1.1/${method}`, JSON.stringify({ token: TOKEN, ...body }));
  assert.equal(json['error'], 0, text);
  await muster.idle();
  return json;
}

function put(data: JsonObject, more: JsonObject = {}): Promise<JsonObject> {
  return send('profiles/import', { db_id: 1, data, ...more });
}

/** Which workflows were started since the last look, each as often as it was; those of requests apart. */
async function started(): Promise<string[]> {
  const { rows } = await sql<{ workflow_id: number }>`
    with seen as (delete from run returning workflow_id) select workflow_id from seen`.execute(muster.db);
  return rows.map(({ workflow_id: id }) => watchers.get(id) ?? 'named').sort();
}

const mail = (status?: string): JsonValue => [{ resource_id: 2, email: 'a@x.ru', ...(status && { status }) }];

test('imports start what waits for them, each change once', async () => {
  const { profile_id: id = null } = await put({ email: 'a@x.ru', subscriptions: mail() });
  assert.deepEqual(await started(), ['created']);
  await put({ email: 'a@x.ru', subscriptions: mail() });
  assert.deepEqual(await started(), []);
  await put({ email: 'a@x.ru', _city: 'Omsk' });
  assert.deepEqual(await started(), ['Omsk', 'updated']);
  await put({ email: 'a@x.ru', _fname: 'Silent' });
  assert.deepEqual(await started(), []);
  await put({ email: 'a@x.ru', subscriptions: mail('unsubscribed') });
  assert.deepEqual(await started(), ['unsubscribed']);
  await put({ email: 'a@x.ru', subscriptions: mail('subscribed') });
  assert.deepEqual(await started(), ['back']);
  await put({ email: 'a@x.ru' }, { add_to_segments: [1] });
  assert.deepEqual(await started(), ['vip']);
  await send('profiles/segstatic/remove', { db_id: 1, segment_id: 1, profile_id: id });
  await send('profiles/segstatic/add', { db_id: 1, segment_id: 1, profile_id: id });
  assert.deepEqual(await started(), ['vip']);
});

test('with skip_triggers nothing starts but the workflow of the request, for all items or for one', async () => {
  const data = { email: 'a@x.ru', _city: 'Omsk', subscriptions: mail('unsubscribed') };
  await put(data, { skip_triggers: true, add_to_segments: [1] });
  assert.deepEqual(await started(), []);
  await send('workflows/import_and_start_batch_task', {
    workflow_id: 1,
    data: [{ data: { email: 'b@x.ru' }, skip_triggers: true }, { data: { email: 'c@x.ru' } }],
  });
  assert.deepEqual(await started(), ['created', 'named', 'named']);
  await send('workflows/import_and_start_batch', {
    ...{ workflow_id: 1, skip_triggers: true },
    data: [{ data: { email: 'd@x.ru' } }, { data: { email: 'e@x.ru' }, skip_triggers: false }],
  });
  assert.deepEqual(await started(), ['created', 'named', 'named']);
});

test('a batch of any size starts each profile once, and a dry run none', async () => {
  const data = Array.from({ length: 2_500 }, (_, index) => ({ email: `p${index % 2_400}@x.ru` }));
  await send('profiles/import_batch', { db_id: 1, data, dry_run: true });
  assert.deepEqual(await started(), []);
  await send('profiles/import_batch', { db_id: 1, data });
  const names = await started();
  assert.deepEqual([names.length, new Set(names)], [2_400, new Set(['created'])]);
});
