import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, type JsonValue, laneOf } from '../../src/base/index.ts';
import { importRules } from '../../src/importer/index.ts';
import { LANE_COUNT, WIDE_LANE } from '../../src/profiles/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

async function lanesOf(shop: Shop): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    select lane from import_chunk where database_id = ${shop.databaseId} order by id`.execute(scene.db);
  return rows.map(({ lane }) => lane);
}

/** Phones and addresses in as many different lanes. */
const KEYS = [0, 1, 2, 3].map((person) => ({ email: `p${person}@x.ru`, phone: `+7986000000${person}` }));

test('one key is one lane in every mode that matches by it alone, and several keys are the wide one', async () => {
  const shop = await scene.makeShop({ fields: [['card', 'string', true]] });
  const email = { data: { email: 'a@x.ru' } };
  const phone = { data: { phone: '8 986 000 00 01' } };
  const requests: readonly (readonly [more: JsonObject, item: JsonObject])[] = [
    [{}, email],
    [{ matching: 'email_profile' }, { email: ' A@x.ru', data: {} }],
    [{ matching: 'email_sub' }, email],
    [{ matching: 'email_phone' }, email],
    [{ matching: 'email_phone_sub' }, email],
    [{ matching: 'custom', field_name: 'email' }, email],
    [{}, { custom_request: { email: 'a@x.ru' }, data: {} }],
    [{ matching: 'phone' }, phone],
    [{ matching: 'phone_sub' }, phone],
    [{ matching: 'email_phone' }, phone],
    [
      { matching: 'custom', field_name: 'phones' },
      { field_value: '89860000001', data: {} },
    ],
    [{}, { custom_request: { phones: '+79860000001' }, data: {} }],
    [{ matching: 'email_phone' }, { data: { email: 'a@x.ru', phone: '+79860000001' } }],
    [{}, { custom_request: { _city: 'Omsk' }, data: {} }],
    [{}, { custom_request: { card: { $in: ['1', '2'] } }, data: {} }],
  ];
  for (const [more, item] of requests) await scene.submit(shop, [item], more);
  await scene.send({ workflow_id: shop.workflowId, custom_request: {} });
  const byEmail = laneOf('a@x.ru', LANE_COUNT);
  const byPhone = laneOf('+79860000001', LANE_COUNT);
  assert.notEqual(byEmail, byPhone);
  assert.deepEqual(await lanesOf(shop), [
    ...Array(7).fill(byEmail),
    ...Array(5).fill(byPhone),
    ...Array(4).fill(WIDE_LANE),
  ]);
  await scene.drain();
});

/** The rounds of a mixed load: each writes its number to everybody, by another mode. */
function roundOf(round: number): { more: JsonObject; data: JsonValue } {
  const note = String(round);
  const by = (item: (key: { email: string; phone: string }) => JsonObject): JsonValue => KEYS.map(item);
  switch (round % 5) {
    case 0:
      return {
        more: { matching: 'email_phone' },
        data: by(({ email, phone }) => ({ data: { email, phones: phone, note } })),
      };
    case 1:
      return { more: {}, data: by(({ email }) => ({ data: { email, note, [`by${round}`]: 1 } })) };
    case 2:
      return {
        more: { matching: 'phone' },
        data: by(({ phone }) => ({ data: { phones: phone, note, [`by${round}`]: 1 } })),
      };
    case 3:
      return {
        more: { matching: 'email_phone' },
        data: by(({ email, phone }) => ({
          data: { email, phone, note, last: { action: 'incr', value: 1 } },
        })),
      };
    default:
      return {
        more: {},
        data: by(({ email }) => ({ custom_request: { email: { $eq: email } }, data: { note } })),
      };
  }
}

function noteShop(): Promise<Shop> {
  return scene.makeShop({
    unknownFields: 'create',
    fields: [
      ['note', 'string', false],
      ['last', 'int', false],
    ],
  });
}

test('tasks of one person by one key after the other apply in the order of acceptance, whatever their lanes', async () => {
  const shop = await noteShop();
  const { email, phone } = KEYS[0] ?? assert.fail();
  const both = { data: { email, phones: phone, note: 'both' } };
  for (const [more, data] of [
    [{ matching: 'email_phone' }, both],
    [{}, { data: { email, note: 'email' } }],
    [{ matching: 'email_phone' }, { data: { email, phone, note: 'both again' } }],
    [{ matching: 'phone' }, { data: { phone, note: 'phone' } }],
    [
      { matching: 'custom', field_name: 'note' },
      { field_value: 'phone', data: { last: 1 } },
    ],
  ] as const) {
    await scene.submit(shop, [data], more);
  }
  await scene.drain();
  const stored = await scene.fieldsOf(shop);
  assert.equal(stored[0]?.['note'], 'phone');
  assert.equal(stored[0]?.['email'], email);
});

test('more tasks of one key than one transaction takes apply in the order of acceptance', async () => {
  const shop = await noteShop();
  for (let task = 0; task < 70; task += 1) {
    await scene.submit(shop, [{ data: { email: 'a@x.ru', note: String(task) } }]);
  }
  await scene.drain();
  assert.deepEqual(await scene.fieldsOf(shop), [{ email: 'a@x.ru', note: '69' }]);
});

test('items of one request apply in its order, though some match by one key and others by several', async () => {
  const shop = await noteShop();
  const { email, phone } = KEYS[0] ?? assert.fail();
  const items = [
    { data: { email, note: '0' } },
    { data: { email, phone, note: '1' } },
    { data: { email, note: '2' } },
    { data: { phone, note: '3' } },
  ];
  await scene.import(shop, [{ data: { email, phones: phone } }], { matching: 'email_phone' });
  await scene.import(shop, items, { matching: 'email_phone' });
  assert.deepEqual(await scene.fieldsOf(shop), [{ email, phones: [phone], note: '3' }]);
  await scene.import(
    shop,
    [
      { custom_request: { email }, data: { note: '4' } },
      { custom_request: { note: '4' }, data: { _city: 'Omsk' } },
      { custom_request: { email }, data: { note: '5' } },
    ],
    {},
  );
  assert.deepEqual(await scene.fieldsOf(shop), [{ email, phones: [phone], note: '5', _city: 'Omsk' }]);
});

test('several importers at once leave of mixed modes what one leaves', async () => {
  const rounds = Array.from({ length: 15 }, (_, round) => roundOf(round));
  const left: JsonObject[][] = [];
  const counts: Record<string, number>[][] = [];
  for (const atOnce of [false, true]) {
    const shop = await noteShop();
    const taskIds: string[] = [];
    for (const { data, more } of rounds) taskIds.push(await scene.submit(shop, data, more));
    if (atOnce) await scene.drainAtOnce(2, 3);
    else await scene.drain();
    const stored = await scene.fieldsOf(shop);
    left.push(stored.sort((a, b) => String(a['email']).localeCompare(String(b['email']))));
    const statuses = await Promise.all(taskIds.map((taskId) => scene.imported(taskId)));
    counts.push(statuses.map(({ status }) => countersOf(status)));
  }
  assert.deepEqual(left[1], left[0]);
  assert.deepEqual(counts[1], counts[0]);
  assert.equal(left[0]?.length, KEYS.length);
  for (const fields of left[0] ?? []) assert.deepEqual([fields['note'], fields['last']], ['14', 3]);
});

test('the wide lane is worked on alone: it waits for what is older, and what is younger waits for it', async () => {
  const shop = await noteShop();
  const { email, phone } = KEYS[0] ?? assert.fail();
  const first = await scene.submit(shop, [{ data: { email, note: '1' } }]);
  const wide = await scene.submit(shop, [{ data: { email, phones: phone, note: '2' } }], {
    matching: 'email_phone',
  });
  const later = await scene.submit(shop, [{ data: { email: 'other@x.ru', note: '3' } }]);
  const waiting = async (): Promise<number[]> => {
    const statuses = await Promise.all([first, wide, later].map((taskId) => scene.status(taskId)));
    return statuses.map(({ counters }) => counters.waiting);
  };
  // The older one is claimed and held; nobody else finds anything to do.
  const signals = createTestSignals();
  const oldest = signals.hold('import.before-commit');
  const importer = scene.createImporter(signals);
  await importer.start();
  await oldest.reached;
  await scene.drain();
  assert.deepEqual(await waiting(), [1, 1, 1]);
  // Then the wide one, under whose work nothing else goes on.
  const second = signals.hold('import.before-commit');
  oldest.release();
  await second.reached;
  await scene.drain();
  assert.deepEqual(await waiting(), [0, 1, 1]);
  const settled = signals.until('import', 'settled');
  second.release();
  await settled;
  await importer.stop();
  await scene.drain();
  assert.deepEqual(await waiting(), [0, 0, 0]);
  assert.equal((await scene.fieldsOf(shop))[0]?.['note'], '2');
});

test('a method that answers at once waits for the wide lane, and then goes ahead of tasks that wait', async () => {
  const shop = await noteShop();
  const { email, phone } = KEYS[0] ?? assert.fail();
  await scene.submit(shop, [{ data: { email, phones: phone, note: 'task' } }], { matching: 'email_phone' });
  const signals = createTestSignals();
  const held = signals.hold('import.before-commit');
  const importer = scene.createImporter(signals);
  await importer.start();
  await held.reached;
  const now = scene.now(shop, importRules.import, { data: { email, note: 'now' } });
  // It waits for a lock that the importer holds, as PostgreSQL says.
  for (;;) {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(scene.db);
    if (rows.length > 0) break;
  }
  held.release();
  const { rows } = await now;
  await importer.stop();
  assert.deepEqual(
    rows.map((row) => row.ok && row.state),
    ['updated'],
  );
  assert.deepEqual(await scene.fieldsOf(shop), [{ email, phones: [phone], note: 'now' }]);
});
