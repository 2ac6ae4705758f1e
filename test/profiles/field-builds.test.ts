import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { MusterError, type Signals } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createField, listBuilds, loadShape, updateField } from '../../src/profiles/index.ts';
import { ImportScene, idsOf, LEASE_SECONDS, type Shop } from '../importer/import-scene.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { BuildScene, conflict, people, withCode } from './build-scene.ts';

let scene: ImportScene;
let builds: BuildScene;
before(async () => {
  scene = await ImportScene.open();
  builds = new BuildScene(scene);
});
after(() => scene.close());

test('a match field is built page by page while imports make, change and match profiles', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(shop, people(0, 30));
  const bare = { data: { email: 'bare@x.ru' } };
  await scene.import(shop, [bare]);
  const { id } = await builds.fieldOf(shop);
  const declared = await builds.change(shop, id, { match: true });
  assert.deepEqual([declared?.match, declared?.indexed], [true, false]);
  assert.equal((await builds.lookUp(shop, 'c7')).by, 'field');

  const signals = createTestSignals();
  const faults: unknown[] = [];
  const builder = builds.createBuilder({ signals, pageRows: 5, onFault: (fault) => faults.push(fault) });
  const first = signals.hold('build.claimed');
  await builder.start();
  await builds.untilReached(first.reached, signals);
  const halfway = signals.hold('build.before-commit');
  first.release();
  await halfway.reached;
  const second = signals.hold('build.claimed');
  halfway.release();
  await second.reached;
  const running = await builds.newest(shop);
  assert.deepEqual([running.state, running.done, running.total], ['running', 5, 31]);

  const matching = { matching: 'custom', field_name: 'code' };
  const changed = Array.from({ length: 30 }, (_, index) => ({
    data: { email: `p${index}@x.ru`, code: index % 3 === 0 ? `new${index}` : `c${index}` },
  }));
  await scene.import(shop, [...changed, ...people(30, 40), { data: { email: 'p1@x.ru', code: 'twice' } }]);
  const matched = await scene.import(shop, [{ data: { code: 'c4', _fname: 'Found' } }], matching);
  assert.equal(matched.status.counters.updated, 1);
  const lastPage = signals.until('build', 'idle');
  second.release();
  await lastPage;
  await builder.stop();

  assert.deepEqual(faults, []);
  const done = await builds.newest(shop);
  assert.deepEqual([done.state, done.what, done.fault], ['done', 'match', null]);
  assert.ok(done.done >= 31 && done.done <= 41, 'new profiles lie before and behind it');
  assert.equal((await builds.fieldOf(shop)).indexed, true);
  await builds.assertComplete(shop, 'identity');
  assert.equal((await builds.lookUp(shop, 'twice')).by, 'identity');
  assert.equal((await builds.lookUp(shop, 'twice')).ids.length, 1);
  assert.deepEqual((await builds.lookUp(shop, 'c3')).ids, []);
});

/** A transaction that has read the fields as they were, as an import does, and writes by them later. */
function readOld(shop: Shop, profileId: string) {
  const loaded = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const ended = withTx(scene.db, async (tx) => {
    const shape = await loadShape(tx, shop.databaseId);
    assert.equal(shape.fields.get('code')?.kind, null);
    loaded.resolve();
    await goOn.promise;
    await sql`update profile set fields = fields || '{"code": "late"}'
               where database_id = ${shop.databaseId} and id = ${profileId}`.execute(tx);
  });
  return { loaded: loaded.promise, goOn: goOn.resolve, ended };
}

/** When a transaction has read the fields: before they were declared, or while that was not yet committed. */
for (const moment of ['before', 'during'] as const) {
  test(`a build waits for transactions that have read the fields ${moment} the declaration`, async () => {
    const shop = await scene.makeShop(withCode);
    const [id = ''] = idsOf((await scene.import(shop, people(0, 1))).results);
    const { id: fieldId } = await builds.fieldOf(shop);
    let old: ReturnType<typeof readOld> | undefined;
    if (moment === 'before') {
      old = readOld(shop, id);
      await old.loaded;
    }
    await withTx(scene.db, async (tx) => {
      await updateField(tx, scene.clock, shop.databaseId, fieldId, { match: true });
      old ??= readOld(shop, id);
      await old.loaded;
    });

    const signals = createTestSignals();
    const builder = builds.createBuilder({ signals });
    const looked = signals.until('build', 'idle');
    await builder.start();
    await looked;
    for (let looks = 0; looks < 3; looks += 1) {
      const again = signals.until('build', 'idle');
      scene.clock.advance(1_000);
      await again;
    }
    const waiting = await builds.newest(shop);
    await builder.stop();
    old?.goOn();
    await old?.ended;
    assert.deepEqual([waiting.state, waiting.startedAt, waiting.done], ['running', null, 0]);

    await builds.buildAll(shop);
    await builds.assertComplete(shop, 'identity');
    assert.deepEqual((await builds.lookUp(shop, 'late')).ids, [id]);
  });
}

test('after a crash a build goes on where it was, and the one that was thought dead changes nothing', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(shop, people(0, 20));
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { match: true });
  const signals = createTestSignals();
  let pages = 0;
  const faults: unknown[] = [];
  const failing: Signals = {
    report: signals.report,
    reach: (point) => {
      if (point !== 'build.before-commit') return signals.reach(point);
      pages += 1;
      if (pages === 3) throw new Error('the third page is lost');
    },
  };
  const lost = Promise.withResolvers<void>();
  const first = builds.createBuilder({
    signals: failing,
    onFault: (fault) => {
      faults.push(fault);
      lost.resolve();
    },
  });
  await first.start();
  await builds.untilReached(lost.promise, signals);
  await first.stop();
  assert.equal(String(faults), 'Error: the third page is lost');
  assert.equal((await builds.newest(shop)).done, 8);

  const slow = createTestSignals();
  const held = slow.hold('build.claimed');
  const second = builds.createBuilder({ signals: slow });
  await second.start();
  scene.clock.advance(LEASE_SECONDS * 1_000);
  await builds.untilReached(held.reached, slow);
  // It stands still for longer than its lease, and another takes over.
  scene.clock.advance(LEASE_SECONDS * 1_000);
  await builds.buildAll(shop);
  const done = await builds.newest(shop);
  assert.deepEqual([done.state, done.done], ['done', 20]);
  const settled = slow.until('build', 'settled');
  held.release();
  assert.equal(await settled, 0);
  await second.stop();
  assert.deepEqual(await builds.newest(shop), done);
  await builds.assertComplete(shop, 'identity');
});

test('a build that fails again and again is given up, and its field is none to match by', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(shop, people(0, 3));
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { match: true });
  await sql`update field_build set attempts = 8 where database_id = ${shop.databaseId}`.execute(scene.db);
  await builds.buildAll(shop);
  const given = await builds.newest(shop);
  assert.equal(given.state, 'failed');
  assert.match(given.fault ?? '', /failed 8 times/);
  assert.equal((await builds.fieldOf(shop)).match, false);
});

test('match off cancels a build or removes what was built, and is on again only after that', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(
    shop,
    people(0, 10, () => ({ code: 'all the same' })),
  );
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { match: true });
  await builds.betweenPages(async () => {
    await builds.change(shop, id, { match: false });
    await assert.rejects(builds.change(shop, id, { match: true }), conflict('match'));
  });
  await builds.buildAll(shop, { pageRows: 3 });
  const cancelled = await builds.newest(shop);
  const { state, done, total, fault } = cancelled;
  assert.deepEqual([state, done, total, fault], ['removed', 4, null, null]);
  await builds.assertNothingStored(shop);
  assert.equal((await builds.lookUp(shop, 'all the same')).by, 'field');

  await builds.change(shop, id, { match: true });
  await builds.buildAll(shop);
  await builds.assertComplete(shop, 'identity');
  await builds.change(shop, id, { match: false });
  // What changes from here on is written without identities.
  await scene.import(shop, [{ data: { email: 'p1@x.ru', code: 'other' } }]);
  await builds.buildAll(shop, { pageRows: 3 });
  assert.deepEqual([(await builds.newest(shop)).state, (await builds.newest(shop)).done], ['removed', 10]);
  await builds.assertNothingStored(shop);
});

test('a match field becomes unique while it is built', async () => {
  const shop = await scene.makeShop(withCode);
  await scene.import(shop, people(0, 10));
  const { id } = await builds.fieldOf(shop);
  await builds.change(shop, id, { match: true });
  await builds.betweenPages(async () => {
    await builds.change(shop, id, { unique: true });
  });
  await builds.buildAll(shop);
  const states = (await listBuilds(scene.db, shop.databaseId)).map(({ what, state }) => `${what} ${state}`);
  assert.deepEqual(states, ['unique done']);
  await builds.assertComplete(shop, 'unique_value');
  await builds.assertComplete(shop, 'identity');
  assert.equal((await builds.fieldOf(shop)).indexed, true);
});

test('standard fields can be match fields', async () => {
  const shop = await scene.makeShop();
  const { db, clock } = scene;
  const rows = Array.from({ length: 9 }, (_, index) => ({
    data: { email: `p${index}@x.ru`, _bdate: `1990-01-0${index + 1}`, _lat: index - 4.5 },
  }));
  await scene.import(shop, rows);
  for (const name of ['_bdate', '_lat']) {
    const made = await createField(db, clock, shop.databaseId, { name, match: true });
    assert.equal(made.indexed, false);
  }
  assert.equal((await builds.fieldOf(shop, '_bdate')).type, 'date');
  await builds.buildAll(shop);
  await builds.assertComplete(shop, 'identity', '_bdate');
  const { by, ids } = await builds.lookUp(shop, '1990-01-03', '_bdate');
  assert.deepEqual([by, ids.length], ['identity', 1]);
  assert.deepEqual((await builds.lookUp(shop, '-2.5', '_lat')).ids, ids);
  const refused = [
    [{ name: '_bdate', match: true }, 'name'],
    [{ name: 'email', match: true }, 'name'],
    [{ name: 'phones', unique: true }, 'name'],
    [{ name: '_city' }, 'match'],
    [{ name: '_city', type: 'int', match: true }, 'type'],
    [{ name: 'own', match: true }, 'type'],
    [{ name: 'own', type: 'objects', unique: true }, 'type'],
  ] as const;
  for (const [settings, field] of refused) {
    await assert.rejects(
      createField(db, clock, shop.databaseId, settings),
      (fault) => fault instanceof MusterError && fault.field === field,
      JSON.stringify(settings),
    );
  }
});
