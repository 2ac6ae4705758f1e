import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { importRules } from '../../src/importer/index.ts';
import { countersOf, ImportScene, idsOf, type Shop } from './import-scene.ts';

let scene: ImportScene;
let shop: Shop;
/** Ids of the stored profiles by their `_fname`. */
const ids = new Map<string, string>();

const CARD = ['card', 'string', true] as const;
const GROUPS = ['groups', 'tags', true] as const;
const NOTE = ['note', 'string', false] as const;
const FLAGS = ['flags', 'tags', false] as const;
const VIP = ['vip', 'bool', true] as const;

before(async () => {
  scene = await ImportScene.open();
  shop = await scene.makeShop({
    fields: [CARD, GROUPS, NOTE, FLAGS, VIP],
    resources: [
      ['email', 'sms', 'push', 'telegram_bot'],
      ['email', 'sms', 'push', 'whatsapp'],
    ],
  });
  const [first = 0, second = 0] = shop.resourceIds;
  const people: JsonObject[] = [
    { _fname: 'own', email: 'own@x.ru', phones: '+79860000001', card: 'C1', groups: 'a,b', note: 'N1' },
    {
      _fname: 'sub',
      subscriptions: [
        { resource_id: first, email: 'sub@x.ru' },
        { resource_id: second, phone: '+79860000002' },
        { resource_id: first, provider: 'ios-apns', subscription_id: 'token 1' },
        { resource_id: first, channel: 'telegram_bot', cc_data: { id: 77 } },
        { resource_id: second, cc_data: { phone: '8 986 000-00-09' } },
      ],
    },
    { _fname: 'twin', email: 'both@x.ru', card: 'C2', flags: 'x,y' },
    {
      _fname: 'twin again',
      phones: '+79860000003',
      subscriptions: { resource_id: first, email: 'both@x.ru' },
    },
    { _fname: 'vip', vip: true },
    { _fname: 'push', subscriptions: { resource_id: second, provider: 'a b', subscription_id: 'c' } },
  ];
  const { rows } = await scene.now(shop, importRules.addBatch, { data: people });
  for (const [index, row] of rows.entries()) {
    assert.ok(row.ok, JSON.stringify(row));
    ids.set(String(people[index]?.['_fname']), row.profileId);
  }
});
after(() => scene.close());

/** `$1` and `$2` stand for the two resources, `$id` for the profile `own`. */
function fill(value: JsonValue): JsonValue {
  const [first, second] = shop.resourceIds;
  const text = JSON.stringify(value)
    .replaceAll('"$1"', String(first))
    .replaceAll('"$2"', String(second))
    .replaceAll('$id', ids.get('own') ?? '');
  const filled: JsonValue = JSON.parse(text);
  return filled;
}

/** The root of a request, one item, and the profile that it hits, or the error with its field, or `new`. */
const cases: readonly (readonly [root: JsonObject, item: JsonObject, expected: string])[] = [
  [{ matching: 'email' }, { data: { email: ' OWN@x.ru ' } }, 'own'],
  [{ matching: 'email' }, { data: { email: 'SUB@x.ru' } }, 'sub'],
  [{ matching: 'email' }, { email: 'sub@x.ru', data: {} }, 'sub'],
  [{ email: 'sub@x.ru' }, { data: {} }, 'sub'],
  [{ matching: 'email' }, { data: { email: 'both@x.ru' } }, '409 email'],
  [{ matching: 'email', resource_id: '$2' }, { data: { email: 'sub@x.ru' } }, 'new'],
  [{ matching: 'email', resource_id: '$2' }, { resource_id: '$1', data: { email: 'sub@x.ru' } }, 'sub'],
  [{ matching: 'email', resource_id: '$2' }, { data: { email: 'both@x.ru' } }, 'twin'],
  [{ matching: 'email' }, { data: { email: 'both@x.ru', resource_id: '$2' } }, 'twin'],
  [{ matching: 'email' }, { email: 'both@x.ru', resource_id: '$2' }, 'twin'],
  [{ matching: 'email' }, { email: 'both@x.ru', resource_id: '$2', content: {} }, 'twin'],
  [{ matching: 'email' }, { data: { email: 'own@x.ru', resource_id: 99 } }, '400 resource_id'],
  [{ matching: 'email_profile' }, { data: { email: 'both@x.ru' } }, 'twin'],
  [{ matching: 'email_profile' }, { data: { email: 'sub@x.ru' } }, 'new'],
  [{ matching: 'email_sub' }, { data: { email: 'both@x.ru' } }, 'twin again'],
  [{ matching: 'email_sub', resource_id: '$1' }, { data: { email: 'both@x.ru' } }, 'twin again'],
  [{ matching: 'email_sub', resource_id: '$2' }, { data: { email: 'both@x.ru' } }, '400 email'],
  [{ matching: 'email_sub' }, { data: { email: 'own@x.ru' } }, '400 email'],
  [
    { matching: 'email_sub' },
    { data: { subscriptions: [{ resource_id: '$1', email: ' Sub@x.ru' }] } },
    'sub',
  ],
  [
    { matching: 'email_sub' },
    { data: { subscriptions: { resource_id: '$1', channel: 'email', email_data: { email: 'sub@x.ru' } } } },
    'sub',
  ],
  [{ matching: 'email_sub' }, { data: { subscriptions: { resource_id: '$2', email: 'n1@x.ru' } } }, 'new'],
  [{ matching: 'phone' }, { data: { phones: ['8 (986) 000-00-01'] } }, 'own'],
  [{ matching: 'phone' }, { data: { phone: 79860000002 } }, 'sub'],
  [{ matching: 'phone', phone: '+79860000002' }, { data: {} }, 'sub'],
  [{ matching: 'phone', resource_id: '$1' }, { data: { phone: '+79860000002' } }, 'new'],
  [{ matching: 'phone_sub' }, { phone: '9860000002', data: {} }, 'sub'],
  [{ matching: 'phone_sub' }, { data: { phone: '+79860000001' } }, '400 phones'],
  [{ matching: 'phone_sub', resource_id: '$1' }, { data: { phone: '+79860000002' } }, '400 phones'],
  [
    { matching: 'phone_sub' },
    { data: { subscriptions: { resource_id: '$2', phone_data: { phone: '89860000002' } } } },
    'sub',
  ],
  [{ matching: 'phone' }, { data: { phone: 'none' } }, '400 phones'],
  [{ matching: 'profile_id' }, { data: { id: '$id' } }, 'own'],
  [{ matching: 'profile_id', profile_id: '$id' }, { data: { _city: 'Omsk' } }, 'own'],
  [{ matching: 'profile_id' }, { profile_id: '0'.repeat(24), data: {} }, '404 profile_id'],
  [{ matching: 'custom', field_name: 'card' }, { data: { card: 'C1' } }, 'own'],
  [{ matching: 'custom', field_name: 'card' }, { field_value: 'C1', data: { _city: 'Omsk' } }, 'own'],
  [{ matching: 'custom', field_name: 'card', field_value: 'C1' }, { data: {} }, 'own'],
  [{ matching: 'custom', field_name: 'card' }, { data: { card: 'c1' } }, 'new'],
  [{ matching: 'custom', field_name: 'note' }, { data: { field_value: 'N1' } }, 'own'],
  [{ matching: 'custom', field_name: 'note' }, { data: { _fname: 'x' } }, '400 note'],
  [{ matching: 'custom', field_name: 'groups' }, { field_value: 'b, a', data: {} }, 'own'],
  [{ matching: 'custom', field_name: 'groups' }, { data: { groups: ['b', 'a', 'b'] } }, 'own'],
  [{ matching: 'custom', field_name: 'groups' }, { data: { groups: 'a' } }, 'new'],
  [{ matching: 'custom', field_name: 'flags' }, { field_value: 'y,x', data: {} }, 'twin'],
  [{ matching: 'custom', field_name: 'email' }, { data: { email: 'Own@x.ru' } }, 'own'],
  [{ matching: 'custom', field_name: 'vip' }, { field_value: 'true', data: {} }, 'vip'],
  [{ matching: 'custom_sub', field_name: 'id' }, { field_value: 77, data: {} }, 'sub'],
  [{ matching: 'custom_sub', field_name: 'id' }, { field_value: ' 77 ', data: {} }, 'sub'],
  [{ matching: 'custom_sub', field_name: 'id', resource_id: '$2' }, { field_value: 77, data: {} }, '400 id'],
  [{ matching: 'custom_sub', field_name: 'phone' }, { field_value: '9860000009', data: {} }, 'sub'],
  [
    { matching: 'custom_sub', field_name: 'id' },
    { data: { subscriptions: { resource_id: '$1', channel: 'telegram_bot', cc_data: { id: '77' } } } },
    'sub',
  ],
  [
    { matching: 'custom_sub', field_name: 'id' },
    { data: { subscriptions: { resource_id: '$1', channel: 'telegram_bot', cc_data: { id: 78 } } } },
    'new',
  ],
  [{ matching: 'custom_sub', field_name: 'id' }, { field_value: {}, data: {} }, '400 id'],
  [{ matching: 'custom_sub', field_name: 'id' }, { field_value: 'a\u0000', data: {} }, '400 id'],
  [{ matching: 'push_sub' }, { provider: 'ios-apns', subscription_id: 'token 1', data: {} }, 'sub'],
  [{ matching: 'push_sub', provider: ' ios-apns' }, { data: { subscription_id: 'token 1 ' } }, 'sub'],
  [
    { matching: 'push_sub' },
    { data: { provider: 'Chrome', subscription_id: 'token 1' } },
    '400 subscription_id',
  ],
  [{ matching: 'push_sub' }, { provider: 'a', subscription_id: 'b c', data: {} }, '400 subscription_id'],
  [{ matching: 'push_sub' }, { provider: 'a b', subscription_id: 'c', data: {} }, 'push'],
  [{ matching: 'push_sub' }, { provider: 'ios-apns', data: {} }, '400 subscription_id'],
  [{ matching: 'push_sub' }, { subscription_id: 'token 1', data: {} }, '400 provider'],
  [{ matching: 'push_sub' }, { provider: 'a', subscription_id: '\ud800', data: {} }, '400 subscription_id'],
  [
    { matching: 'push_sub' },
    { data: { subscriptions: { resource_id: '$2', provider: 'Chrome', subscription_id: 't2' } } },
    'new',
  ],
  [{ matching: 'email_phone' }, { data: { email: 'own@x.ru', phones: '+79860000001' } }, 'own'],
  [{ matching: 'email_phone' }, { data: { email: 'own@x.ru' } }, 'own'],
  [{ matching: 'email_phone' }, { data: { phone: '+79860000002' } }, 'sub'],
  [{ matching: 'email_phone' }, { data: { email: 'none@x.ru', phone: '+79860000002' } }, 'sub'],
  [{ matching: 'email_phone' }, { data: { email: 'own@x.ru', phone: '+79860000002' } }, '409 email'],
  [{ matching: 'email_phone' }, { data: { email: 'n2@x.ru', phone: '+79860000099' } }, 'new'],
  [{ matching: 'email_phone' }, { data: { email: 'own@x.ru', phone: 'x' } }, '400 phones'],
  [{ matching: 'email_phone' }, { data: { _fname: 'x' } }, '400 email'],
  [{ matching: 'email_phone_sub' }, { data: { email: 'sub@x.ru', phone: '+79860000002' } }, 'sub'],
  [{ matching: 'email_phone_sub' }, { data: { email: 'both@x.ru', phone: '+79860000002' } }, '409 email'],
  [{ matching: 'email_phone_sub' }, { data: { email: 'own@x.ru', phone: '+79860000001' } }, '400 email'],
  [{}, { custom_request: { card: 'C1' }, data: { _city: 'Omsk' } }, 'own'],
  [{}, { custom_request: { note: 'N1' }, data: {} }, 'own'],
  [{}, { custom_request: { email: 'own@x.ru' }, _lname: 'Bare' }, 'own'],
  [{}, { custom_request: { email: 'OWN@x.ru' }, data: {} }, 'new'],
  [{}, { custom_request: { card: { $in: ['C1', 'C2'] } }, data: {} }, '409 custom_request'],
  [{}, { custom_request: { card: 'C9' }, data: {} }, 'new'],
  [{}, { custom_request: { note: 'N9' }, data: {} }, 'new'],
  [{}, { custom_request: { vip: true }, data: {} }, 'vip'],
  [{}, { custom_request: { vip: 'true' }, data: {} }, 'new'],
  [{}, { custom_request: { 'subscriptions.email': 'sub@x.ru' }, data: {} }, 'sub'],
];

test('every mode finds whom it should, and nobody else', async () => {
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  for (const [root, item, expected] of cases) {
    const body = fill({ ...root, data: [item] });
    assert.ok(typeof body === 'object' && body !== null && !Array.isArray(body));
    const { rows } = await scene.now(shop, importRules.importAndStartBatch, { ...body, dry_run: true });
    const [row] = rows;
    assert.equal(rows.length, 1);
    const told = row?.ok
      ? row.state === 'created'
        ? 'new'
        : (names.get(row.profileId) ?? row.profileId)
      : `${row?.fault.code} ${row?.fault.field}`;
    assert.equal(told, expected, JSON.stringify([root, item, row]));
  }
});

test('methods that only update answer 404 where a profile would be made', async () => {
  const body = fill([{ matching: 'email' }, { matching: 'email_sub' }, { matching: 'email_phone' }]);
  assert.ok(Array.isArray(body));
  for (const root of body) {
    const { rows } = await scene.now(shop, importRules.updateBatch, {
      ...Object(root),
      data: [{ email: 'nobody@x.ru' }],
    });
    const fault = { code: 404, text: 'email: there is no such profile', field: 'email' };
    assert.deepEqual(rows, [{ ok: false, fault }]);
  }
  const update = await scene.now(shop, importRules.update, { email: 'sub@x.ru', data: { _city: 'Tver' } });
  assert.equal(update.rows[0]?.ok && update.rows[0].profileId, ids.get('sub'));
  const start = await scene.now(shop, importRules.start, { matching: 'phone', phone: '+79860000009' });
  assert.equal(start.rows[0]?.ok, false);
});

test('what a new profile is looked for by it gets, so that it is found the next time', async () => {
  const fresh = await scene.makeShop({ fields: [CARD, GROUPS, NOTE], resources: [['email', 'push']] });
  const resource = fresh.resourceIds[0] ?? 0;
  const push = { resource_id: resource, provider: 'Chrome', subscription_id: 't' };
  const requests: readonly (readonly [root: JsonObject, item: JsonObject])[] = [
    [{ matching: 'email' }, { email: 'A@x.ru', data: {} }],
    [{ matching: 'email_profile', email: 'b@x.ru' }, { data: {} }],
    [{ matching: 'phone' }, { phone: '89860000001', data: {} }],
    [{ matching: 'email_phone' }, { phone: '89860000002', data: { email: 'C@x.ru' } }],
    [
      { matching: 'custom', field_name: 'card' },
      { field_value: 'C1', data: {} },
    ],
    [{ matching: 'custom', field_name: 'groups', field_value: 'b,a' }, { data: {} }],
    [
      { matching: 'custom', field_name: 'note' },
      { field_value: 5, data: {} },
    ],
    [{ matching: 'push_sub' }, { data: { subscriptions: push } }],
    [{ matching: 'email_sub' }, { data: { subscriptions: { resource_id: resource, email: 'd@x.ru' } } }],
  ];
  for (const [root, item] of requests) {
    const first = await scene.import(fresh, [item, item], root);
    assert.deepEqual(countersOf(first.status), { total: 2, created: 1, unchanged: 1, started: 2 });
    const second = await scene.import(fresh, [item], root);
    assert.deepEqual(countersOf(second.status), { total: 1, unchanged: 1, started: 1 }, JSON.stringify(root));
  }
  assert.deepEqual(await scene.fieldsOf(fresh), [
    { email: 'a@x.ru' },
    { email: 'b@x.ru' },
    { phones: ['+79860000001'] },
    { email: 'c@x.ru', phones: ['+79860000002'] },
    { card: 'C1' },
    { groups: ['a', 'b'] },
    { note: '5' },
    {},
    {},
  ]);
});

test('a filter at the root selects an audience, for a task and at once', async () => {
  const club = await scene.makeShop({ fields: [NOTE] });
  const people = ['a', 'b', 'c', 'd'].map((name) => ({
    email: `${name}@x.ru`,
    note: name < 'd' ? 'in' : 'out',
  }));
  await scene.now(club, importRules.addBatch, { data: people });
  const filter = { custom_request: { note: 'in' } };
  const plain = await scene.send({ workflow_id: club.workflowId, ...filter });
  await scene.drain();
  const told = await scene.imported(plain);
  assert.deepEqual(countersOf(told.status), { total: 3, unchanged: 3, started: 3 });
  const all = (await scene.profiles(club)).slice(0, 3).map(({ id }) => id);
  assert.deepEqual(new Set(idsOf(told.results)), new Set(all));

  const withData = await scene.import(club, [{ data: { _city: 'Omsk' }, content: { x: 1 } }], filter);
  assert.deepEqual(countersOf(withData.status), { total: 3, updated: 3, started: 3 });
  assert.deepEqual((await scene.runs(club)).map(({ content }) => content).slice(3), Array(3).fill({ x: 1 }));

  const now = await scene.now(club, importRules.importAndStartBatch, { ...filter, data: { _city: 'Tver' } });
  assert.deepEqual(
    now.rows.map((row) => row.ok && [row.state, row.start]),
    Array(3).fill(['updated', 'started']),
  );
  const one = await scene.now(club, importRules.update, { ...filter, data: { note: 'in', _city: 'Tver' } });
  assert.deepEqual(
    one.rows.map((row) => row.ok && row.state),
    Array(3).fill('unchanged'),
  );
  const start = await scene.now(club, importRules.start, filter);
  assert.equal(start.rows.length, 3);
  await assert.rejects(scene.send({ workflow_id: club.workflowId, ...filter, data: [{}, {}] }), {
    code: 400,
    field: 'custom_request',
  });
  await assert.rejects(scene.now(club, importRules.start, filter, undefined, 2), {
    code: 400,
    field: 'custom_request',
  });
  const nobody = await scene.send({ workflow_id: club.workflowId, custom_request: { note: 'none' } });
  await scene.drain();
  assert.deepEqual(countersOf((await scene.imported(nobody)).status), {});
  assert.deepEqual(await scene.fieldsOf(club), [
    { email: 'a@x.ru', note: 'in', _city: 'Tver' },
    { email: 'b@x.ru', note: 'in', _city: 'Tver' },
    { email: 'c@x.ru', note: 'in', _city: 'Tver' },
    { email: 'd@x.ru', note: 'out' },
  ]);
});

test('an item for an audience that cannot be stored is an error of each of its profiles, not a change of none', async () => {
  const club = await scene.makeShop({ fields: [NOTE] });
  await scene.now(club, importRules.addBatch, { data: [{ email: 'a@x.ru' }, { email: 'b@x.ru' }] });
  const everyone = { custom_request: {} };
  const tooBig = await scene.import(club, [{ data: { _lat: Number.POSITIVE_INFINITY } }], everyone);
  assert.deepEqual(countersOf(tooBig.status), { total: 2, invalid: 2 });
  assert.deepEqual(
    tooBig.results.map((result) => 'field' in result && result.field),
    ['_lat', '_lat'],
  );
  const deep: JsonValue = JSON.parse('['.repeat(10_000) + ']'.repeat(10_000));
  const tooDeep = await scene.import(club, [{ data: { note: deep } }], everyone);
  assert.deepEqual(countersOf(tooDeep.status), { total: 2, invalid: 2 });
});
