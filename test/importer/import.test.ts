import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { laneOf } from '../../src/base/index.ts';
import { LANE_COUNT, listFields, loadShape, matchKeyOfField } from '../../src/profiles/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, idsOf, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

test('an update merges: what is null or absent stays, what is equal changes nothing', async () => {
  const shop = await scene.makeShop();
  const first = { email: 'ann@x.ru', _fname: 'Ann', _city: 'Omsk', phones: '+79862014852' };
  const created = await scene.import(shop, [{ data: first }]);
  assert.deepEqual(countersOf(created.status), { total: 1, created: 1, started: 1 });
  const stored = { ...first, phones: ['+79862014852'] };
  assert.deepEqual(await scene.fieldsOf(shop), [stored]);

  const updated = await scene.import(shop, [
    { data: { email: 'ANN@x.ru', _fname: null, _lname: 'Lee', _city: 'Tver' } },
  ]);
  assert.deepEqual(countersOf(updated.status), { total: 1, updated: 1, started: 1 });
  assert.deepEqual(await scene.fieldsOf(shop), [{ ...stored, _lname: 'Lee', _city: 'Tver' }]);
  assert.deepEqual(idsOf(updated.results), idsOf(created.results));

  const readTimes = async () =>
    (await sql`select updated_at, xmin from profile where database_id = ${shop.databaseId}`.execute(scene.db))
      .rows;
  const before = await readTimes();
  scene.clock.advance(1_000);
  const unchanged = await scene.import(shop, [{ data: { email: 'ann@x.ru', _city: 'Tver', _lname: null } }]);
  assert.deepEqual(countersOf(unchanged.status), { total: 1, unchanged: 1, started: 1 });
  assert.deepEqual(await readTimes(), before);
  assert.equal((await scene.runs(shop)).length, 3);
});

test('items of one key are applied in their order, the later wins field by field, each starts a run', async () => {
  const shop = await scene.makeShop();
  const { status, results } = await scene.import(shop, [
    { data: { email: 'a@x.ru', _fname: 'First', _city: 'Omsk' } },
    { data: { email: ' A@X.RU ', _fname: 'Second', _lname: 'Lee' } },
    { data: { email: 'a@x.ru', _fname: 'Second' } },
  ]);
  assert.deepEqual(countersOf(status), { total: 3, created: 1, updated: 1, unchanged: 1, started: 3 });
  const [id] = idsOf(results);
  assert.deepEqual(idsOf(results), [id, id, id]);
  assert.deepEqual(await scene.fieldsOf(shop), [
    { email: 'a@x.ru', _fname: 'Second', _city: 'Omsk', _lname: 'Lee' },
  ]);
  assert.deepEqual(
    (await scene.runs(shop)).map((run) => [run.profile_id, run.item_index]),
    [
      [id, 0],
      [id, 1],
      [id, 2],
    ],
  );
});

test('a profile that is inside is imported and not started again where the workflow says so', async () => {
  const shop = await scene.makeShop({ reentry: 'not_inside', rests: true });
  const data = [{ data: { email: 'a@x.ru', _fname: 'A' } }, { data: { email: 'a@x.ru', _fname: 'B' } }];
  const first = await scene.import(shop, data);
  assert.deepEqual(countersOf(first.status), {
    ...{ total: 2, created: 1, updated: 1, started: 1, skippedReentry: 1 },
  });
  const again = await scene.import(shop, data);
  assert.deepEqual(countersOf(again.status), { total: 2, updated: 2, skippedReentry: 2 });
  assert.deepEqual(first.status.runs, { active: 0, waiting: 1, ended: 0, failed: 0 });
  assert.equal((await scene.runs(shop)).length, 1);
});

/** Two phone numbers whose items are in one lane, or in two. */
async function findPhones(shop: Shop, together: boolean): Promise<[string, string]> {
  const shape = await loadShape(scene.db, shop.databaseId);
  const field = shape.fields.get('phones');
  assert.ok(field !== undefined);
  const lane = (phone: string): number => {
    const key = matchKeyOfField(shape, field, phone);
    assert.ok(key.ok);
    return laneOf(key.value.text, LANE_COUNT);
  };
  const first = '+79860000000';
  const phones = Array.from({ length: 200 }, (_, index) => `+7986000${1000 + index}`);
  const second = phones.find((phone) => (lane(phone) === lane(first)) === together);
  assert.ok(second !== undefined);
  return [first, second];
}

for (const together of [true, false]) {
  test(`a second phone that a row has brought finds the profile, in ${together ? 'the same lane' : 'another lane'}`, async () => {
    const shop = await scene.makeShop();
    const [first, second] = await findPhones(shop, together);
    const { results } = await scene.import(
      shop,
      [
        { data: { phones: first, _fname: 'Ann' } },
        { data: { phones: [first, second] } },
        { data: { phone: second, _city: 'Omsk' } },
        { phone: first, data: { phones: ['+79869999999'] } },
        { data: { phones: first, _fname: 'Bob' } },
      ],
      { matching: 'phone' },
    );
    const [ann, , , , bob] = idsOf(results);
    assert.notEqual(bob, ann);
    if (together) assert.deepEqual(idsOf(results), [ann, ann, ann, ann, bob]);
    const profiles = await scene.profiles(shop);
    assert.deepEqual(profiles.find(({ id }) => id === bob)?.fields, { phones: [first], _fname: 'Bob' });
    const { rows } = await sql<{ value: string }>`
      select value from identity where database_id = ${shop.databaseId} and profile_id = ${ann}`.execute(
      scene.db,
    );
    assert.deepEqual(rows, [{ value: '+79869999999' }]);
  });
}

test('a match of several profiles changes nothing, starts nothing and says so', async () => {
  const shop = await scene.makeShop({ fields: [['card', 'string', true]] });
  const twins = [{ data: { card: '1', email: 'both@x.ru' } }, { data: { card: '2', email: 'both@x.ru' } }];
  await scene.import(shop, twins, { matching: 'custom', field_name: 'card' });
  const before = await scene.profiles(shop);
  const { status, results } = await scene.import(shop, [
    { data: { email: 'both@x.ru', _fname: 'X' } },
    { data: { email: 'one@x.ru' } },
  ]);
  assert.deepEqual(countersOf(status), { total: 2, created: 1, ambiguous: 1, started: 1 });
  assert.deepEqual(results[0], {
    ...{ error: 409, field: 'email' },
    error_text: 'email: several profiles match, nothing was changed',
  });
  assert.deepEqual((await scene.profiles(shop)).slice(0, 2), before);
  assert.equal((await scene.runs(shop)).length, 3);
});

test('profile_id finds a profile or answers 404, and never makes one', async () => {
  const shop = await scene.makeShop({ unknownFields: 'create' });
  const [id = ''] = idsOf((await scene.import(shop, [{ data: { email: 'a@x.ru' } }])).results);
  const stranger = await scene.makeShop();
  const [foreign = ''] = idsOf((await scene.import(stranger, [{ data: { email: 'a@x.ru' } }])).results);
  const { status, results } = await scene.import(
    shop,
    [
      { profile_id: id.toUpperCase(), data: { _fname: 'A' } },
      { data: { _id: id, _lname: 'B' } },
      { profile_id: foreign, data: { _fname: 'C' } },
      { profile_id: 'none', data: {} },
      { data: { _fname: 'D' } },
    ],
    { matching: 'profile_id' },
  );
  assert.deepEqual(countersOf(status), { total: 5, updated: 2, notFound: 1, invalid: 2, started: 2 });
  assert.deepEqual(idsOf(results.slice(0, 2)), [id, id]);
  const field = 'profile_id';
  assert.deepEqual(results.slice(2), [
    { error: 404, error_text: 'profile_id: there is no such profile', field },
    { error: 400, error_text: 'profile_id: expected 24 hexadecimal digits', field },
    {
      ...{ error: 400, field },
      error_text: 'profile_id: expected a value to match by (matching is profile_id)',
    },
  ]);
  assert.deepEqual(await scene.fieldsOf(shop), [{ email: 'a@x.ru', _fname: 'A', _lname: 'B' }]);
  // What is there to match by alone becomes no field, even where new ones are made.
  assert.deepEqual(await listFields(scene.db, shop.databaseId), []);
});

test('tags match as a set, in any order and spelling', async () => {
  const shop = await scene.makeShop({ fields: [['groups', 'tags', true]] });
  const { results } = await scene.import(
    shop,
    [
      { data: { groups: 'tag_1, tag_2', _fname: 'A' } },
      { data: { groups: ['tag_2', 'tag_1'], _lname: 'B' } },
      { field_value: 'tag_2,tag_1,tag_2', data: { _city: 'Omsk' } },
      { data: { groups: 'tag_1' } },
    ],
    { matching: 'custom', field_name: 'groups' },
  );
  const [id, , , other] = idsOf(results);
  assert.deepEqual(idsOf(results), [id, id, id, other]);
  assert.deepEqual(await scene.fieldsOf(shop), [
    { groups: ['tag_1', 'tag_2'], _fname: 'A', _lname: 'B', _city: 'Omsk' },
    { groups: ['tag_1'] },
  ]);
});

test('the value to match by is looked for in the item, then in its data, then at the root', async () => {
  const shop = await scene.makeShop({ fields: [['card', 'string', false]] });
  const people = ['item', 'data', 'root'].map((name) => ({ data: { email: `${name}@x.ru`, card: name } }));
  const [item, data, root] = idsOf((await scene.import(shop, people)).results);
  const byEmail = await scene.import(
    shop,
    [
      { email: 'item@x.ru', data: { _city: 'Omsk' } },
      { data: { email: 'data@x.ru', _city: 'Omsk' } },
      { data: { _city: 'Omsk' } },
      { email: null, data: { email: null, _city: 'Tver' } },
      { email: 'data@x.ru', _city: 'Omsk' },
    ],
    { email: 'root@x.ru' },
  );
  assert.deepEqual(idsOf(byEmail.results), [item, data, root, root, data]);
  const byCard = await scene.import(
    shop,
    [{ field_value: 'item', data: { card: 'other' } }, { data: { card: 'data' } }, { data: {} }],
    { matching: 'custom', field_name: 'card', field_value: 'root' },
  );
  assert.deepEqual(idsOf(byCard.results), [item, data, root]);
  const made = await scene.import(shop, { data: { _fname: 'New' } }, { email: 'new@x.ru' });
  assert.deepEqual(countersOf(made.status), { total: 1, created: 1, started: 1 });
  assert.deepEqual(
    (await scene.fieldsOf(shop)).map((fields) => [fields['email'], fields['card'], fields['_city']]),
    [
      ['item@x.ru', 'other', 'Omsk'],
      ['data@x.ru', 'data', 'Omsk'],
      ['root@x.ru', 'root', 'Tver'],
      ['new@x.ru', undefined, undefined],
    ],
  );
});

test('content and custom_data of the root are stored once, those of an item with its run', async () => {
  const shop = await scene.makeShop();
  const own = { content: { one: 2 }, custom_data: { field: 'own' } };
  await scene.import(
    shop,
    [
      { data: { email: 'a@x.ru' } },
      { data: { email: 'a@x.ru' }, ...own },
      { data: { email: 'a@x.ru' }, content: null, custom_data: {} },
    ],
    { content: { one: 1 }, custom_data: { field: 'value' } },
  );
  const root = { root_content: { one: 1 }, root_custom_data: { field: 'value' } };
  assert.deepEqual(
    (await scene.runs(shop)).map(({ profile_id: _id, task_id: _task, ...run }) => run),
    [
      { item_index: 0, content: null, custom_data: null, ...root },
      { item_index: 1, ...own, ...root },
      { item_index: 2, content: null, custom_data: {}, ...root },
    ],
  );
  await scene.import(shop, [{ data: { email: 'a@x.ru' } }]);
  assert.deepEqual((await scene.runs(shop)).at(3)?.root_content, null);
  const { rows } = await sql`select count(*) as contexts from run_context`.execute(scene.db);
  assert.deepEqual(rows, [{ contexts: 1 }]);
});

test('small tasks of one lane are taken together, in the order of their acceptance', async () => {
  const shop = await scene.makeShop();
  const taskIds: string[] = [];
  for (const name of ['A', 'B', 'C', 'D', 'E']) {
    taskIds.push(await scene.submit(shop, [{ data: { email: 'one@x.ru', _fname: name } }]));
  }
  const signals = createTestSignals();
  const settled = signals.until('import', 'settled');
  await scene.drain(signals);
  assert.equal(await settled, 5);
  assert.deepEqual(await scene.fieldsOf(shop), [{ email: 'one@x.ru', _fname: 'E' }]);
  assert.deepEqual(
    (await scene.runs(shop)).map((run) => run.task_id),
    taskIds,
  );
  for (const [index, taskId] of taskIds.entries()) {
    const { status } = await scene.imported(taskId);
    assert.deepEqual(countersOf(status), { total: 1, [index === 0 ? 'created' : 'updated']: 1, started: 1 });
  }
});

test('fields that the database does not know are made where it says so, by their first value', async () => {
  const shop = await scene.makeShop({ unknownFields: 'create' });
  const { results } = await scene.import(
    shop,
    [
      { data: { phone: '+79862014852', size: 'L', points: 7, vip: true, groups: ['b', 'a'], rate: 0.5 } },
      { data: { phone: '+79862014852', size: 8, points: '9' } },
      { data: { phone: '+79862014853', points: 'many' } },
      { data: { phone: '+79862014853', constructor: 'x' } },
    ],
    { matching: 'phone' },
  );
  const [id] = idsOf(results.slice(0, 1));
  assert.deepEqual(results[1], { profile_id: id });
  assert.deepEqual(
    results.slice(2).map((result) => 'field' in result && result.field),
    ['points', 'constructor'],
  );
  assert.deepEqual(await scene.fieldsOf(shop), [
    { phones: ['+79862014852'], size: '8', points: 9, vip: true, groups: ['a', 'b'], rate: 0.5 },
  ]);
  const fields = await listFields(scene.db, shop.databaseId);
  assert.deepEqual(Object.fromEntries(fields.map(({ name, type }) => [name, type])), {
    ...{ size: 'string', points: 'int', vip: 'bool', groups: 'tags', rate: 'float' },
  });
});
