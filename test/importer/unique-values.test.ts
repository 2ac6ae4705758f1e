import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { addRunCounts, importRules } from '../../src/importer/index.ts';
import { loadShape, lockProfiles } from '../../src/profiles/index.ts';
import {
  createEngine,
  createWorkflow,
  findStartTarget,
  publishWorkflow,
  RunCounts,
  setWorkflowActive,
  startRuns,
} from '../../src/workflow/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

function makeUniqueShop(): Promise<Shop> {
  return scene.makeShop({
    uniqueEmail: true,
    settings: [
      { name: 'card', type: 'string', unique: true },
      { name: 'badge', type: 'int', unique: true },
      { name: 'note', type: 'string' },
    ],
  });
}

const byCard = { matching: 'custom', field_name: 'card' };

function taken(field: string): JsonObject {
  const text = `${field}: another profile has this value, which no two may share`;
  return { error: 409, error_text: text, field };
}

/** The unique values of the shop, each with the place of its profile in the order of their making. */
async function owners(shop: Shop): Promise<string[]> {
  const ids = (await scene.profiles(shop)).map(({ id }) => id);
  const { rows } = await sql<{ profile_id: string; value: string }>`
    select profile_id, value from unique_value where database_id = ${shop.databaseId} order by value`.execute(
    scene.db,
  );
  return rows.map(({ profile_id, value }) => `${value} ${ids.indexOf(profile_id)}`);
}

test('a value that another profile has is refused, in the same batch and in a later one', async () => {
  const shop = await makeUniqueShop();
  const first = await scene.import(
    shop,
    [
      { data: { card: 'A', email: 'a@x.ru', badge: 1 } },
      { data: { card: 'B', email: 'A@x.ru' } },
      { data: { card: 'B', email: 'b@x.ru', badge: '1' } },
      { data: { card: 'B', email: 'b@x.ru', badge: 2 } },
      { data: { card: 'B', email: 'a@x.ru', note: 'lost' } },
      { data: { card: 'A', badge: 1, email: 'a@x.ru', note: 'kept' } },
    ],
    byCard,
  );
  assert.deepEqual(countersOf(first.status), { total: 6, created: 2, updated: 1, invalid: 3, started: 3 });
  assert.deepEqual(
    [1, 2, 4].map((index) => first.results[index]),
    [taken('email'), taken('badge'), taken('email')],
  );
  const later = await scene.import(shop, [
    { data: { email: 'c@x.ru', card: 'A' } },
    { data: { email: 'b@x.ru', card: 'A' } },
    { data: { email: 'b@x.ru', badge: 1 } },
    { data: { email: 'b@x.ru', badge: 2, note: 'same' } },
  ]);
  assert.deepEqual(countersOf(later.status), { total: 4, updated: 1, invalid: 3, started: 1 });
  assert.deepEqual(later.results.slice(0, 3), [taken('card'), taken('card'), taken('badge')]);
  const added = await scene.now(shop, importRules.addBatch, {
    data: [{ email: 'd@x.ru' }, { email: 'D@x.ru' }],
  });
  assert.deepEqual(
    added.rows.map((row) => (row.ok ? row.state : row.fault.isDuplicate)),
    ['created', true],
  );
  assert.deepEqual(await scene.fieldsOf(shop), [
    { card: 'A', email: 'a@x.ru', badge: 1, note: 'kept' },
    { card: 'B', email: 'b@x.ru', badge: 2, note: 'same' },
    { email: 'd@x.ru' },
  ]);
  assert.equal((await owners(shop)).length, 7);
});

test('what one profile gives up another may take, within a batch and after it', async () => {
  const shop = await makeUniqueShop();
  await scene.import(shop, [
    { data: { email: 'a@x.ru', card: 'A' } },
    { data: { email: 'b@x.ru', card: 'B' } },
  ]);
  // Around by a third value, since no moment may see two of one.
  const swapped = await scene.import(shop, [
    { email: 'a@x.ru', data: { card: 'C' } },
    { email: 'b@x.ru', data: { card: 'A' } },
    { email: 'a@x.ru', data: { card: 'B' } },
    { email: 'b@x.ru', data: { card: 'B', note: 'lost' } },
  ]);
  const { rows } = await scene.now(shop, importRules.importBatch, {
    data: [
      { email: 'a@x.ru', card: 'D' },
      { email: 'b@x.ru', card: 'B' },
      { email: 'a@x.ru', card: 'A' },
      { email: 'c@x.ru', card: 'D' },
    ],
  });
  assert.equal(swapped.results.length, 4);
  assert.deepEqual(
    rows.map((row) => row.ok),
    [true, true, true, true],
  );
  const cards = async () =>
    Object.fromEntries((await scene.fieldsOf(shop)).map(({ email, card }) => [email, card]));
  assert.deepEqual(await cards(), { 'a@x.ru': 'A', 'b@x.ru': 'B', 'c@x.ru': 'D' });
  await scene.now(shop, importRules.update, { email: 'c@x.ru', data: { card: { action: 'unset' } } });
  await scene.now(shop, importRules.import, { email: 'd@x.ru', data: { card: 'D' } });
  assert.deepEqual(await cards(), { 'a@x.ru': 'A', 'b@x.ru': 'B', 'c@x.ru': undefined, 'd@x.ru': 'D' });
  assert.deepEqual(await owners(shop), [
    ...['A 0', 'B 1', 'D 3', 'a@x.ru 0', 'b@x.ru 1', 'c@x.ru 2', 'd@x.ru 3'],
  ]);
});

test('two imports that take one value at the same moment: one gets it, the other is told whose it is', async () => {
  const shop = await makeUniqueShop();
  // Two keys of two lanes, one value.
  const taskIds = [
    await scene.submit(shop, [{ data: { email: 'one@x.ru', card: 'A' } }]),
    await scene.submit(shop, [{ data: { email: 'two@x.ru', card: 'A' } }, { data: { email: 'two@x.ru' } }]),
  ];
  // So that each importer claims one lane.
  await sql`update import_lane set attempts = 1`.execute(scene.db);
  const signals = createTestSignals();
  const first = signals.hold('import.before-commit');
  const importers = [1, 2].map(() => scene.createImporter(signals));
  for (const importer of importers) await importer.start();
  await first.reached;
  // The other has read who has the value, nobody, and waits for the first to commit or roll back.
  for (;;) {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(scene.db);
    if (rows.length > 0) break;
  }
  const settled = [signals.until('import', 'settled')];
  first.release();
  await Promise.all(settled);
  await Promise.all(importers.map((importer) => importer.stop()));
  await scene.drain();
  const all = await Promise.all(taskIds.map((taskId) => scene.imported(taskId)));
  const refused = all.flatMap(({ results }) => results.filter((result) => 'error' in result));
  assert.deepEqual(refused, [taken('card')]);
  assert.deepEqual((await scene.fieldsOf(shop)).filter(({ card }) => card === 'A').length, 1);
  assert.deepEqual((await owners(shop)).filter((value) => value.startsWith('A ')).length, 1);
});

test('many imports of the same values in all modes leave one profile for each value', async () => {
  const shop = await makeUniqueShop();
  for (let round = 0; round < 12; round += 1) {
    const items = [0, 1, 2, 3].map((person) => ({
      data: {
        email: `p${person}@x.ru`,
        card: `C${(person + round) % 4}`,
        badge: (person * round) % 5,
        phones: `+7986000000${person}`,
      },
    }));
    const more = [{}, byCard, { matching: 'email_phone' }, { matching: 'phone' }][round % 4] ?? {};
    await scene.submit(shop, items, more);
  }
  await scene.drainAtOnce(2, 2);
  const stored = await scene.fieldsOf(shop);
  for (const name of ['email', 'card', 'badge']) {
    const values = stored.flatMap((fields) => (fields[name] === undefined ? [] : [fields[name]]));
    assert.equal(new Set(values).size, values.length, name);
  }
  const held = stored.reduce(
    (sum, { email, card, badge }) => sum + [email, card, badge].filter((value) => value !== undefined).length,
    0,
  );
  assert.equal((await owners(shop)).length, held);
});

test('required fields are asked of new profiles alone', async () => {
  const shop = await scene.makeShop({ settings: [{ name: 'city', type: 'string', required: true }] });
  const { results, status } = await scene.import(shop, [
    { data: { email: 'a@x.ru' } },
    { data: { email: 'a@x.ru', city: null } },
    { data: { email: 'a@x.ru', city: 'Omsk' } },
    { data: { email: 'a@x.ru', _fname: 'A' } },
    { data: { email: 'a@x.ru', city: { action: 'unset' } } },
  ]);
  assert.deepEqual(countersOf(status), { total: 5, created: 1, updated: 1, invalid: 3, started: 2 });
  const fault = { error: 400, error_text: 'city: a new profile must have a value here', field: 'city' };
  assert.deepEqual(results.slice(0, 2), [fault, fault]);
  assert.deepEqual(results[4], { error: 400, error_text: 'city: this field cannot be unset', field: 'city' });
  assert.deepEqual(await scene.fieldsOf(shop), [{ email: 'a@x.ru', city: 'Omsk', _fname: 'A' }]);
});

/** Starts a run for each of the profiles in a workflow that sets these fields, and lets it go to its end. */
async function walk(
  shop: Shop,
  fields: JsonObject,
  starts: readonly { profileId: string; content: JsonObject }[],
): Promise<{ reason: string | null; status: string }[]> {
  const { db, clock } = scene;
  const definition = {
    nodes: [
      { id: 'in', type: 'start', name: 'Default', next: 'set' },
      { id: 'set', type: 'update_profile', fields },
    ],
  };
  const { id } = await createWorkflow(db, clock, {
    ...{ name: 'u', databaseId: shop.databaseId, reentry: 'each', definition },
  });
  await publishWorkflow(db, clock, id);
  await setWorkflowActive(db, clock, id, true);
  const target = await findStartTarget(db, id);
  assert.ok(target !== undefined);
  const shared = { taskId: null, itemIndex: 0, contextId: null, customData: null };
  await withTx(db, async (tx) => {
    const counts = new RunCounts();
    const whole = starts.map((start) => ({ ...shared, ...start }));
    await startRuns(tx, target, whole, clock.now(), counts);
    await counts.write(tx, addRunCounts);
  });
  const signals = createTestSignals();
  const idle = signals.until('engine', 'idle');
  const logged: unknown[] = [];
  const keep = (fields_: unknown): void => {
    logged.push(fields_);
  };
  const log = { debug: () => {}, info: () => {}, warn: keep, error: keep };
  const engine = createEngine({
    ...{ db, clock, log, signals, leaseSeconds: 30, concurrency: 1, addRunCounts, wakeCalls: () => {} },
  });
  await engine.start();
  await idle;
  await engine.stop();
  assert.deepEqual(logged, []);
  const { rows } = await sql<{ reason: string | null; status: string }>`
    select status, reason from run where workflow_id = ${id} order by id`.execute(db);
  return rows;
}

test('a workflow that sets a value of another profile fails that run with the reason, and no other', async () => {
  const shop = await makeUniqueShop();
  await scene.import(
    shop,
    ['a', 'b', 'c'].map((name) => ({ data: { email: `${name}@x.ru`, card: name } })),
  );
  const [a = '', b = '', c = ''] = (await scene.profiles(shop)).map(({ id }) => id);
  const runs = await walk(shop, { card: '{apicontent.card}', note: 'was {lead.card}' }, [
    { profileId: a, content: { card: 'b' } },
    { profileId: b, content: { card: 'new' } },
    { profileId: a, content: { card: 'b' } },
    { profileId: c, content: { card: 'b' } },
    { profileId: c, content: { card: 'c' } },
    { profileId: c, content: { card: 'a' } },
  ]);
  const reason = 'set: card: another profile has this value, which no two may share';
  const failed = { status: 'failed', reason };
  const ended = { status: 'ended', reason: null };
  assert.deepEqual(runs, [failed, ended, ended, failed, ended, ended]);
  assert.deepEqual(
    (await scene.fieldsOf(shop)).map(({ card, note }) => [card, note]),
    [
      ['b', 'was a'],
      ['new', 'was b'],
      ['a', 'was c'],
    ],
  );
  assert.deepEqual((await owners(shop)).slice(0, 3).sort(), ['a 2', 'a@x.ru 0', 'b 0'].sort());
});

test('a value that depends on whether an earlier run was refused is judged by what is then there', async () => {
  const shop = await makeUniqueShop();
  await scene.import(
    shop,
    ['a', 'b', 'c'].map((name) => ({ data: { email: `${name}@x.ru`, card: name } })),
  );
  const [a = '', b = ''] = (await scene.profiles(shop)).map(({ id }) => id);
  // Were the first run to go through, the second would take “qn”; it is refused, and the second asks for “q”.
  await scene.import(shop, [{ data: { email: 'd@x.ru', card: 'q' } }]);
  const runs = await walk(shop, { card: '{apicontent.card}{lead.note}', note: 'n' }, [
    { profileId: a, content: { card: 'b' } },
    { profileId: a, content: { card: 'q' } },
    { profileId: b, content: { card: 'z' } },
  ]);
  assert.deepEqual(
    runs.map(({ status }) => status),
    ['failed', 'failed', 'ended'],
  );
  assert.deepEqual(
    (await scene.fieldsOf(shop)).map(({ card }) => card),
    ['a', 'z', 'c', 'q'],
  );
});

test('a workflow and an import that take one value at the same moment do not both get it', async () => {
  const shop = await makeUniqueShop();
  await scene.import(
    shop,
    ['a', 'b'].map((name) => ({ data: { email: `${name}@x.ru`, card: name } })),
  );
  const [a = ''] = (await scene.profiles(shop)).map(({ id }) => id);
  await scene.submit(shop, [{ data: { email: 'b@x.ru', card: 'new' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.before-commit');
  const drained = scene.drain(signals);
  await held.reached;
  const walked = walk(shop, { card: 'new' }, [{ profileId: a, content: {} }]);
  for (;;) {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(scene.db);
    if (rows.length > 0) break;
  }
  held.release();
  await drained;
  assert.deepEqual(
    (await walked).map(({ status }) => status),
    ['failed'],
  );
  const shape = await loadShape(scene.db, shop.databaseId);
  const locked = await withTx(scene.db, (tx) => lockProfiles(tx, shape.database.id, [a]));
  assert.equal(locked.get(a)?.fields['card'], 'a');
});
