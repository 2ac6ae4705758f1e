import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { findDatabase, listBuilds, updateDatabase } from '../../src/profiles/index.ts';
import { ImportScene, idsOf } from '../importer/import-scene.ts';
import { BuildScene, conflict, people, withCode } from './build-scene.ts';

let scene: ImportScene;
let builds: BuildScene;
before(async () => {
  scene = await ImportScene.open();
  builds = new BuildScene(scene);
});
after(() => scene.close());

test('a unique field takes the values that profiles have, and refuses them to others', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(shop, people(0, 10));
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { unique: true });
  // Who comes before the builder is refused only what it has reached, or what others brought since.
  const during = await scene.import(shop, [
    { data: { email: 'a@x.ru', code: 'fresh' } },
    { data: { email: 'b@x.ru', code: 'fresh' } },
  ]);
  assert.deepEqual([during.status.counters.created, during.status.counters.invalid], [1, 1]);
  await builds.buildAll(shop);
  assert.equal((await builds.newest(shop)).state, 'done');
  await builds.assertComplete(shop, 'unique_value');
  await builds.assertComplete(shop, 'identity');
  assert.equal((await builds.lookUp(shop, 'c5')).by, 'identity');
  const later = await scene.import(shop, [{ data: { email: 'c@x.ru', code: 'c5' } }]);
  assert.equal(later.status.counters.invalid, 1);

  await builds.change(shop, id, { match: true });
  assert.equal((await listBuilds(scene.db, shop.databaseId)).length, 1, 'the identities are there already');
  await builds.change(shop, id, { unique: false });
  await builds.buildAll(shop);
  assert.equal((await builds.newest(shop)).state, 'removed');
  assert.deepEqual((await builds.storedFor(shop, 'code', 'unique_value')).stored, []);
  await builds.assertComplete(shop, 'identity');
  assert.equal((await builds.lookUp(shop, 'c5')).by, 'identity');
  assert.equal(
    (await scene.import(shop, [{ data: { email: 'c@x.ru', code: 'c5' } }])).status.counters.created,
    1,
  );
});

test('two profiles with one value end a unique field, and what was stored for it goes', async () => {
  const shop = await scene.makeShop(withCode);
  const { results } = await scene.import(
    shop,
    people(0, 12, (index) => (index > 9 ? { code: 'same' } : {})),
  );
  const twins = idsOf(results).slice(10).sort();
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { unique: true });
  await builds.buildAll(shop, { pageRows: 3 });
  const failed = await builds.newest(shop);
  assert.equal(failed.state, 'failed');
  assert.equal(failed.fault, `profiles ${twins.join(' and ')} have the same value: same`);
  const field = await builds.fieldOf(shop);
  assert.deepEqual([field.unique, field.match], [false, false]);
  await builds.assertNothingStored(shop);
  assert.equal((await builds.lookUp(shop, 'same')).ids.length, 2);
  // Once it is mended, it can be declared again.
  await scene.import(shop, [{ data: { email: 'p11@x.ru', code: 'other' } }]);
  await builds.change(shop, id, { unique: true });
  await builds.buildAll(shop, { pageRows: 3 });
  assert.equal((await builds.newest(shop)).state, 'done');
  await builds.assertComplete(shop, 'unique_value');
});

test('a field that cannot be unique is a match field all the same', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(
    shop,
    people(0, 12, (index) => (index > 9 ? { code: 'same' } : {})),
  );
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { unique: true, match: true });
  await builds.buildAll(shop, { pageRows: 3 });
  const states = (await listBuilds(scene.db, shop.databaseId)).map(({ what, state }) => `${what} ${state}`);
  assert.deepEqual(states, ['match done', 'unique failed']);
  const field = await builds.fieldOf(shop);
  assert.deepEqual([field.unique, field.match, field.indexed], [false, true, true]);
  await builds.assertComplete(shop, 'identity');
  assert.deepEqual((await builds.storedFor(shop, 'code', 'unique_value')).stored, []);
});

test('unique e-mail is built, refused for twins, and taken back', async () => {
  const shop = await scene.makeShop();
  const { db, clock } = scene;
  const { databaseId } = shop;
  await scene.import(shop, [
    { data: { email: 'a@x.ru' } },
    { data: { email: 'b@x.ru', phones: '+79991234567' } },
  ]);
  await updateDatabase(db, clock, databaseId, { uniqueEmail: true });
  await builds.buildAll(shop, { pageRows: 1 });
  assert.deepEqual([(await builds.newest(shop)).state, (await builds.newest(shop)).field], ['done', 'email']);
  const byPhone = { matching: 'phone' };
  const twin = [{ data: { email: 'a@x.ru', phones: '+79991234568' } }];
  assert.equal((await scene.import(shop, twin, byPhone)).status.counters.invalid, 1);
  await updateDatabase(db, clock, databaseId, { uniqueEmail: false });
  await assert.rejects(
    updateDatabase(db, clock, databaseId, { uniqueEmail: true }),
    conflict('unique_email'),
  );
  await builds.buildAll(shop, { pageRows: 1 });
  const { rows } = await sql`select from unique_value where database_id = ${databaseId}`.execute(db);
  assert.deepEqual(rows, []);
  assert.equal((await scene.import(shop, twin, byPhone)).status.counters.created, 1);
  await updateDatabase(db, clock, databaseId, { uniqueEmail: true });
  await builds.buildAll(shop, { pageRows: 1 });
  assert.match((await builds.newest(shop)).fault ?? '', /have the same value: a@x\.ru$/);
  assert.equal((await findDatabase(db, databaseId))?.uniqueEmail, false);
});
