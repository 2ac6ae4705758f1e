import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importRules } from '../../src/importer/index.ts';
import { countersOf, ImportScene } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

test('identities of contacts come with their subscriptions, once a resource, and go when a field lets go of them', async () => {
  const shop = await scene.makeShop({
    resources: [['email', 'sms', 'push', 'viber', 'whatsapp'], ['email']],
  });
  const [one = 0, two = 0] = shop.resourceIds;
  const subscriptions = [
    { resource_id: one, email: 'A@x.ru' },
    { resource_id: two, email: 'a@x.ru' },
    { resource_id: one, phone: '89860000001' },
    { resource_id: one, provider: 'a b', subscription_id: 't' },
    { resource_id: one, channel: 'viber', cc_data: { phone: '89860000001' } },
    { resource_id: one, channel: 'whatsapp', cc_data: { phone: '89860000001' } },
  ];
  await scene.import(shop, [{ data: { email: 'own@x.ru', subscriptions } }]);
  const contacts = [
    `0 3 ${one} a@x.ru`,
    `0 3 ${two} a@x.ru`,
    `0 4 ${one} +79860000001`,
    `0 5 ${one} a%20b t`,
    `0 6 ${one} phone +79860000001`,
  ];
  assert.deepEqual(await scene.identities(shop), ['0 1 0 own@x.ru', ...contacts]);
  const again = await scene.import(shop, [
    { data: { email: 'own@x.ru', subscriptions: subscriptions.slice(1, 3) } },
    { data: { email: 'a@x.ru', subscriptions: { resource_id: one, email: 'a@x.ru', status: 1 } } },
  ]);
  assert.deepEqual(countersOf(again.status), { total: 2, unchanged: 1, updated: 1, started: 2 });
  assert.deepEqual(await scene.identities(shop), ['0 1 0 a@x.ru', ...contacts]);
  const stored = (await scene.subscriptionsOf(shop))[0] ?? [];
  assert.deepEqual(
    stored.map(({ resource_id, channel, status }) => [resource_id, channel, status]),
    [
      [one, 'email', 'unsubscribed'],
      [two, 'email', 'subscribed'],
      ...['sms', 'push', 'viber', 'whatsapp'].map((channel) => [one, channel, 'subscribed']),
    ],
  );
});

test('an invalid subscription fails its item, or is left out and listed in the result', async () => {
  const shop = await scene.makeShop({ resources: [['email']] });
  const [resource = 0] = shop.resourceIds;
  const stranger = await scene.makeShop({ resources: [['email']] });
  const subscriptions = [
    { resource_id: resource, email: 'a@x.ru' },
    { resource_id: stranger.resourceIds[0] ?? 0, email: 'a@x.ru' },
    { resource_id: resource, email: 'x' },
  ];
  const item = { data: { email: 'own@x.ru', subscriptions } };
  const foreign = `resource_id: there is no resource ${stranger.resourceIds[0]}, or database ${shop.databaseId} is not tied to it`;
  const strict = await scene.import(shop, [item]);
  assert.deepEqual(strict.results, [
    { error: 400, error_text: `subscriptions[1].${foreign}`, field: 'subscriptions' },
  ]);
  assert.deepEqual(await scene.fieldsOf(shop), []);
  const skipped = [
    { index: 1, error_text: foreign },
    { index: 2, error_text: 'email: expected an e-mail address' },
  ];
  const { results } = await scene.import(shop, [
    item,
    { ...item, skip_invalid_subscriptions: true },
    { data: { email: 'b@x.ru' }, skip_invalid_subscriptions: true },
  ]);
  const id = (await scene.profiles(shop))[0]?.id;
  assert.equal('error' in (results[0] ?? {}), true);
  assert.deepEqual(results[1], { profile_id: id, skipped_subscriptions: skipped });
  assert.equal(Object.hasOwn(results[2] ?? {}, 'skipped_subscriptions'), false);
  const atRoot = await scene.import(shop, [item, { ...item, skip_invalid_subscriptions: false }], {
    skip_invalid_subscriptions: true,
  });
  assert.deepEqual(atRoot.results[0], { profile_id: id, skipped_subscriptions: skipped });
  assert.deepEqual(countersOf(atRoot.status), { total: 2, unchanged: 1, invalid: 1, started: 1 });
  const now = await scene.now(shop, importRules.import, {
    ...{ data: item.data, skip_invalid_subscriptions: true },
  });
  assert.deepEqual(
    now.rows.map((row) => row.ok && row.skipped),
    [skipped],
  );
  assert.equal((await scene.subscriptionsOf(shop))[0]?.length, 1);
});
