import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { sqlState } from '../../src/db/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { assertClosed, countersOf, ImportScene, idsOf, LEASE_SECONDS, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

/** All rows of the shop that an import writes. */
async function snapshot(shop: Shop): Promise<unknown> {
  const { rows } = await sql`
    select (select json_agg(t order by id) from task t where database_id = ${shop.databaseId}) as tasks,
           (select json_agg(c order by id) from import_chunk c where database_id = ${shop.databaseId}) as chunks,
           (select json_agg(l order by lane) from import_lane l where database_id = ${shop.databaseId}) as lanes,
           (select json_agg(p order by id) from profile p where database_id = ${shop.databaseId}) as profiles,
           (select json_agg(r order by id) from run r where database_id = ${shop.databaseId}) as runs`.execute(
    scene.db,
  );
  return rows;
}

test('two importers and twenty tasks that bring the same new keys make one profile for each', async () => {
  const shop = await scene.makeShop();
  const keys = Array.from({ length: 25 }, (_, index) => `k${index}@x.ru`);
  const taskIds = await Promise.all(
    Array.from({ length: 20 }, (_, task) =>
      scene.submit(
        shop,
        keys.map((email) => ({ data: { email, _status: task } })),
      ),
    ),
  );
  const signals = createTestSignals();
  const faults: unknown[] = [];
  const onFault = (fault: unknown): void => {
    faults.push(fault);
  };
  const importers = [1, 2].map(() => scene.createImporter(signals, { concurrency: 2, onFault }));
  for (const importer of importers) await importer.start();
  for (;;) {
    const settled = signals.until('import', 'settled');
    const { rows } = await sql`
      select from task where database_id = ${shop.databaseId} and finished_at is null`.execute(scene.db);
    if (rows.length === 0) break;
    await settled;
  }
  await Promise.all(importers.map((importer) => importer.stop()));

  assert.deepEqual(faults, []);
  const profiles = await scene.profiles(shop);
  assert.deepEqual(profiles.map(({ fields }) => fields['email']).sort(), keys.toSorted());
  assert.equal((await scene.runs(shop)).length, 500);
  const results = new Set<string>();
  let created = 0;
  for (const taskId of taskIds) {
    const imported = await scene.imported(taskId);
    created += imported.status.counters.created;
    assert.equal(imported.status.counters.started, 25);
    results.add(JSON.stringify(idsOf(imported.results)));
  }
  assert.equal(created, 25);
  assert.equal(results.size, 1);
});

test('a lane is taken over when the lease is over, and the late first one changes nothing', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru', _fname: 'Ann' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.claimed');
  const first = scene.createImporter(signals);
  await first.start();
  await held.reached;

  scene.clock.advance(LEASE_SECONDS * 1_000 - 1);
  await scene.drain();
  assert.equal((await scene.status(taskId)).status, 'pending');
  scene.clock.advance(1);
  await scene.drain();
  const { status } = await scene.imported(taskId);
  assert.deepEqual(countersOf(status), { total: 1, created: 1, started: 1 });

  const after = await snapshot(shop);
  const settled = signals.until('import', 'settled');
  held.release();
  assert.equal(await settled, 0);
  await first.stop();
  assert.deepEqual(await snapshot(shop), after);
});

test('the late first one leaves new work of the lane alone until it has claimed it anew', async () => {
  const shop = await scene.makeShop();
  await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.claimed');
  const first = scene.createImporter(signals);
  await first.start();
  await held.reached;
  scene.clock.advance(LEASE_SECONDS * 1_000);
  await scene.drain();
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru', _fname: 'Ann' } }]);
  const late = signals.until('import', 'settled');
  held.release();
  assert.equal(await late, 0);
  assert.equal(await signals.until('import', 'settled'), 1);
  await first.stop();
  assert.deepEqual(countersOf((await scene.imported(taskId)).status), { total: 1, updated: 1, started: 1 });
});

test('a lane that commits late, in the transaction that holds it, is nobody else’s meanwhile', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.before-commit');
  const drained = scene.drain(signals);
  await held.reached;
  scene.clock.advance(LEASE_SECONDS * 2_000);
  await scene.drain();
  assert.equal((await scene.status(taskId)).status, 'pending');
  held.release();
  await drained;
  assert.deepEqual(countersOf((await scene.imported(taskId)).status), { total: 1, created: 1, started: 1 });
});

test('a lane that was claimed and has nothing to do is given up at once', async () => {
  const shop = await scene.makeShop();
  await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.claimed');
  const drained = scene.drain(signals);
  await held.reached;
  await sql`update import_chunk set settled_at = now() where database_id = ${shop.databaseId}`.execute(
    scene.db,
  );
  held.release();
  await drained;
  const { rows } = await sql`
    select from import_lane where database_id = ${shop.databaseId}
       and (claim_token is not null or due_at > ${scene.clock.now()} or attempts > 0)`.execute(scene.db);
  assert.equal(rows.length, 0);
});

test('items that PostgreSQL refuses fail alone, with a text that holds nothing of the database', async () => {
  const shop = await scene.makeShop();
  await sql`alter table profile add constraint no_such_name check (fields ->> '_fname' <> 'Refused')`.execute(
    scene.db,
  );
  try {
    const names = ['A', 'Refused', 'B', 'C', 'Refused', 'D', 'E'];
    const people = names.map((name, index) => ({ data: { email: `p${index}@x.ru`, _fname: name } }));
    // One profile: the first item of it is fine, the second is not, and the third builds upon the first.
    const sameKey = [{ _fname: 'X' }, { _fname: 'Refused' }, { _city: 'Omsk' }].map((fields) => ({
      data: { email: 'one@x.ru', ...fields },
    }));
    const { status, results } = await scene.import(shop, [...people, ...sameKey]);
    assert.deepEqual(countersOf(status), { total: 10, created: 6, updated: 1, invalid: 3, started: 7 });
    const fault = {
      ...{ error: 400, field: 'data' },
      error_text: 'data: cannot be stored (SQLSTATE 23514)',
    };
    assert.deepEqual(
      [1, 4, 8].map((index) => results[index]),
      [fault, fault, fault],
    );
    const stored = (await scene.fieldsOf(shop)).map(({ email, _fname }) => `${email} ${_fname}`).sort();
    const expected = ['one@x.ru X', 'p0@x.ru A', 'p2@x.ru B', 'p3@x.ru C', 'p5@x.ru D', 'p6@x.ru E'];
    assert.deepEqual(stored, expected);
    assert.equal((await scene.runs(shop)).length, 7);
  } finally {
    await sql`alter table profile drop constraint no_such_name`.execute(scene.db);
  }
});

test('where PostgreSQL refuses what the first walk writes, the items are imported and the engine walks', async () => {
  const shop = await scene.makeShop({ rests: true });
  await sql`alter table run add constraint no_rest check (status <> 'waiting')`.execute(scene.db);
  try {
    const people = ['a', 'b', 'c'].map((name) => ({ data: { email: `${name}@x.ru` } }));
    const { status } = await scene.import(shop, people);
    assert.deepEqual(countersOf(status), { total: 3, created: 3, started: 3 });
    assert.deepEqual(status.runs, { active: 3, waiting: 0, ended: 0, failed: 0 });
    const { rows } = await sql`
      select node, status, steps, due_at is not null as is_due from run where workflow_id = ${shop.workflowId}`.execute(
      scene.db,
    );
    assert.deepEqual(rows, Array(3).fill({ node: 'start', status: 'active', steps: 0, is_due: true }));
    const { rows: passed } = await sql`select from node_count where workflow_id = ${shop.workflowId}`.execute(
      scene.db,
    );
    assert.equal(passed.length, 0);
  } finally {
    await sql`alter table run drop constraint no_rest`.execute(scene.db);
  }
});

test('a fault in the first walk keeps no import back: the next claim leaves the walk to the engine', async () => {
  const shop = await scene.makeShop({ rests: true });
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  await sql`
    create function no_rest() returns trigger language plpgsql as $$
    begin
      if new.status = 'waiting' then raise exception 'no rest'; end if;
      return new;
    end $$`.execute(scene.db);
  await sql`create trigger no_rest before insert on run for each row execute function no_rest()`.execute(
    scene.db,
  );
  try {
    await assert.rejects(scene.drain(), /no rest/);
    assert.deepEqual(countersOf(await scene.status(taskId)), { total: 1, waiting: 1 });
    scene.clock.advance(60_000);
    await scene.drain();
    const status = await scene.status(taskId);
    assert.deepEqual(countersOf(status), { total: 1, created: 1, started: 1 });
    assert.deepEqual(status.runs, { active: 1, waiting: 0, ended: 0, failed: 0 });
  } finally {
    await sql`drop function no_rest() cascade`.execute(scene.db);
  }
});

test('a chunk that fails over and over is given up alone, and the tasks behind it go on', async () => {
  const shop = await scene.makeShop();
  await sql`
    create function poison() returns trigger language plpgsql as $$
    begin
      raise exception 'poisoned';
    end $$`.execute(scene.db);
  await sql`
    create trigger poison before insert on profile for each row
    when (new.fields ->> '_fname' = 'Poison') execute function poison()`.execute(scene.db);
  try {
    // Items of one key, and so of one lane.
    const bad = await scene.submit(shop, [
      { data: { email: 'a@x.ru', _fname: 'Poison' } },
      { data: { email: 'a@x.ru', _lname: 'Lee' } },
      { data: { email: 'no address' } },
    ]);
    const good = await scene.submit(shop, [{ data: { email: 'a@x.ru', _city: 'Omsk' } }]);
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await assert.rejects(scene.drain(), (fault) => sqlState(fault) === 'P0001');
      // The lane rests until its lease is over.
      await scene.drain();
      const waiting = await scene.status(bad);
      assert.equal(waiting.status, waiting.counters.invalid > 0 ? 'processing' : 'pending');
      assertClosed(waiting.counters);
      scene.clock.advance(LEASE_SECONDS * 1_000);
    }
    await scene.drain();
    const { status, results } = await scene.imported(bad);
    assert.deepEqual(countersOf(status), { total: 3, invalid: 3 });
    const text = 'not imported: the server failed 8 times at this part of the task; its log tells why';
    assert.deepEqual(results.slice(0, 2), [
      { error: 500, error_text: text },
      { error: 500, error_text: text },
    ]);
    assert.deepEqual(countersOf((await scene.imported(good)).status), { total: 1, created: 1, started: 1 });
    assert.deepEqual(await scene.fieldsOf(shop), [{ email: 'a@x.ru', _city: 'Omsk' }]);
    const told = 'a part of a task is given up after too many faults; its items get error 500';
    assert.equal(scene.logged.filter((message) => message === told).length, 1);
  } finally {
    await sql`drop trigger poison on profile`.execute(scene.db);
    await sql`drop function poison()`.execute(scene.db);
  }
});
