import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { sqlState } from '../../src/db/index.ts';
import { type ImportedRow, importRules } from '../../src/importer/index.ts';
import { listFields } from '../../src/profiles/index.ts';
import { ImportScene, type Shop } from './import-scene.ts';

const SEED = 20260303;
let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

/** Rows with the ids of profiles that were made replaced by the place of the row that made them. */
function withoutNewIds(rows: readonly ImportedRow[]): unknown {
  const made = new Map<string, string>();
  return rows.map((row, index) => {
    if (!row.ok) return row;
    if (row.state === 'created') made.set(row.profileId, `made by ${index}`);
    return { ...row, profileId: made.get(row.profileId) ?? row.profileId };
  });
}

/** A dry run that changes nothing, then the real one, which does what was foretold. */
async function foretell(
  shop: Shop,
  rules: Parameters<ImportScene['now']>[1],
  body: JsonObject,
): Promise<readonly ImportedRow[]> {
  const before = [
    await scene.rowCounts(),
    await scene.profiles(shop),
    await listFields(scene.db, shop.databaseId),
  ];
  const dry = await scene.now(shop, rules, { ...body, dry_run: true }, () =>
    assert.fail('a dry run is not accepted'),
  );
  assert.equal(dry.dryRun, true);
  const now = [
    await scene.rowCounts(),
    await scene.profiles(shop),
    await listFields(scene.db, shop.databaseId),
  ];
  assert.deepEqual(now, before);
  const real = await scene.now(shop, rules, body);
  assert.equal(real.dryRun, false);
  assert.deepEqual(withoutNewIds(dry.rows), withoutNewIds(real.rows));
  return real.rows;
}

test('a row tells what became of its item: state, start, what changed, whom an earlier row hit', async () => {
  const shop = await scene.makeShop({
    reentry: 'not_inside',
    fields: [['marks', 'tags', false]],
    resources: [['email']],
  });
  const [resource = 0] = shop.resourceIds;
  const person = { email: 'a@x.ru', phones: ['+79860000001'], marks: 'b,a', _fname: 'A' };
  const rows = await foretell(shop, importRules.importAndStartBatch, {
    data: [
      { data: person },
      { data: { ...person, _city: 'Omsk' } },
      { data: { ...person, marks: 'a,b' } },
      { data: { email: 'x' } },
      { data: { email: 'b@x.ru', _fname: null } },
      {
        data: {
          email: 'a@x.ru',
          _fname: { action: 'unset' },
          subscriptions: { resource_id: resource, email: 'b@x.ru' },
        },
      },
      { data: { email: 'b@x.ru' } },
    ],
  });
  const ids = (await scene.profiles(shop)).map(({ id }) => id);
  const told = rows.map((row) =>
    row.ok
      ? [ids.indexOf(row.profileId), row.state, row.start, row.changed, row.duplicateOf]
      : [row.fault.code, row.fault.field],
  );
  assert.deepEqual(told, [
    [0, 'created', 'started', [], null],
    // What is sent again is no change.
    [0, 'updated', 'skipped_reentry', ['_city'], 0],
    [0, 'unchanged', 'skipped_reentry', [], 0],
    [400, 'email'],
    [1, 'created', 'started', [], null],
    [0, 'updated', 'skipped_reentry', ['_fname', 'subscriptions'], 0],
    [409, 'email'],
  ]);
  const again = await foretell(shop, importRules.importBatch, {
    data: [{ ...person, marks: 'c' }],
    matching: 'phone',
  });
  assert.deepEqual(
    again.map((row) => row.ok && [row.state, row.start, row.changed.toSorted()]),
    [['updated', null, ['_fname', 'marks']]],
  );
});

test('methods differ in what they do where nobody is found', async () => {
  const shop = await scene.makeShop();
  const of = async (rules: Parameters<ImportScene['now']>[1], body: JsonObject): Promise<unknown> => {
    const rows = await foretell(shop, rules, body);
    return rows.map((row) => (row.ok ? [row.state, row.start] : [row.fault.code, row.fault.field]));
  };
  const one: JsonObject = { data: { email: 'a@x.ru' } };
  const list: JsonObject = { data: [{ email: 'a@x.ru' }, { email: 'b@x.ru' }] };
  assert.deepEqual(await of(importRules.update, one), [[404, 'email']]);
  assert.deepEqual(await of(importRules.start, { email: 'a@x.ru' }), [[404, 'email']]);
  assert.deepEqual(await of(importRules.import, one), [['created', null]]);
  assert.deepEqual(await of(importRules.updateBatch, list), [
    ['unchanged', null],
    [404, 'email'],
  ]);
  assert.deepEqual(await of(importRules.importBatch, list), [
    ['unchanged', null],
    ['created', null],
  ]);
  assert.deepEqual(await of(importRules.importAndStart, one), [['unchanged', 'started']]);
  assert.deepEqual(await of(importRules.start, { email: 'A@x.ru' }), [['unchanged', 'started']]);
  assert.deepEqual(await of(importRules.add, one), [['created', null]]);
  assert.deepEqual(await of(importRules.addBatch, list), Array(2).fill(['created', null]));
  assert.deepEqual(await of(importRules.importAndStart, one), [[409, 'email']]);
  assert.deepEqual(await of(importRules.add, { data: {}, matching: 'nonsense' }), [['created', null]]);
  assert.equal((await scene.profiles(shop)).length, 6);
  assert.equal((await scene.runs(shop)).length, 2);
});

test('a request that is not accepted, or meets a fault, leaves nothing', async () => {
  const shop = await scene.makeShop({ unknownFields: 'create' });
  const body = {
    content: { x: 1 },
    data: [{ data: { email: 'a@x.ru', size: 1 } }, { data: { email: 'b@x.ru' } }],
  };
  const before = await scene.rowCounts();
  const refusal = new Error('not accepted');
  const accept = async (): Promise<void> => {
    throw refusal;
  };
  await assert.rejects(scene.now(shop, importRules.importAndStartBatch, body, accept), refusal);
  assert.deepEqual(await scene.rowCounts(), before);
  await sql`create function burst() returns trigger language plpgsql as $$
    begin raise exception 'burst'; end $$`.execute(scene.db);
  await sql`create trigger burst before insert on run for each row execute function burst()`.execute(
    scene.db,
  );
  try {
    const request = scene.now(shop, importRules.importAndStartBatch, body);
    await assert.rejects(request, (fault) => sqlState(fault) === 'P0001');
  } finally {
    await sql`drop trigger burst on run`.execute(scene.db);
    await sql`drop function burst()`.execute(scene.db);
  }
  assert.deepEqual(await scene.rowCounts(), before);
  assert.deepEqual(await listFields(scene.db, shop.databaseId), []);
});

test('an item that PostgreSQL refuses fails alone, and a dry run knows', async () => {
  const shop = await scene.makeShop();
  await sql`alter table profile add constraint no_bombs check (fields ->> '_fname' <> 'bomb')`.execute(
    scene.db,
  );
  try {
    const names = ['a', 'bomb', 'c', 'd', 'bomb'];
    const rows = await foretell(shop, importRules.importBatch, {
      data: names.map((name, index) => ({ email: `p${index}@x.ru`, _fname: name })),
    });
    assert.deepEqual(
      rows.map((row) => row.ok || row.fault.text),
      names.map((name) => name !== 'bomb' || 'data: cannot be stored (SQLSTATE 23514)'),
    );
    assert.equal((await scene.profiles(shop)).length, 3);
  } finally {
    await sql`alter table profile drop constraint no_bombs`.execute(scene.db);
  }
});

test('rows beyond a thousand, and rows behind a filter, know whom an earlier one has hit', async () => {
  const shop = await scene.makeShop();
  const data = Array.from({ length: 1_002 }, (_, index) => ({ email: `p${index % 1_001}@x.ru` }));
  const rows = await foretell(shop, importRules.importBatch, { data });
  assert.deepEqual(
    rows.flatMap((row, index) =>
      row.ok && row.state === 'created' && row.duplicateOf === null
        ? []
        : [[index, row.ok && row.duplicateOf]],
    ),
    [[1_001, 0]],
  );
  const filtered = await foretell(shop, importRules.importAndStartBatch, {
    data: ['p1', 'p1', 'p2', 'p1'].map((name, index) => ({
      ...(index === 1
        ? { custom_request: { email: { $in: ['p1@x.ru'] } } }
        : { custom_request: { email: `${name}@x.ru` } }),
      data: { _city: `${index}` },
    })),
  });
  assert.deepEqual(
    filtered.map((row) => row.ok && row.duplicateOf),
    [null, 0, null, 0],
  );
  assert.equal((await scene.fieldsOf(shop)).find(({ email }) => email === 'p1@x.ru')?.['_city'], '3');
});

test('unknown fields are made by what functional updates do to them, and no more than a database may have', async () => {
  const shop = await scene.makeShop({ unknownFields: 'create' });
  const rows = await foretell(shop, importRules.importBatch, {
    data: [
      { email: 'a@x.ru', gone: { action: 'unset' } },
      {
        email: 'a@x.ru',
        name: { action: 'set', value: 'x' },
        visits: { action: 'incr', value: 1 },
        rate: { action: 'incr', value: 0.5 },
        marks: { action: 'add', value: 'x' },
        calls: { action: 'add', value: [{ a: 1 }] },
        about: { action: 'upsert', submatch: 'a.b', value: 1 },
        whole: { action: 'set', value: { a: 1 } },
        plain: { action: 'dance' },
      },
    ],
  });
  const text = 'gone: the database has no such field';
  assert.deepEqual(rows[0], { ok: false, fault: { code: 400, text, field: 'gone' } });
  const types = Object.fromEntries(
    (await listFields(scene.db, shop.databaseId)).map(({ name, type }) => [name, type]),
  );
  assert.deepEqual(types, {
    ...{ name: 'string', visits: 'int', rate: 'float', marks: 'tags', calls: 'objects', about: 'object' },
    ...{ whole: 'object', plain: 'object' },
  });
  assert.deepEqual(await scene.fieldsOf(shop), [
    {
      ...{ email: 'a@x.ru', name: 'x', visits: 1, rate: 0.5, marks: ['x'], calls: [{ a: 1 }] },
      ...{ about: { a: { b: 1 } }, whole: { a: 1 }, plain: { action: 'dance' } },
    },
  ]);
  // In two parts, each of which could fill the database alone.
  const fields = (from: number): JsonObject =>
    Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${from + index}`, 1]));
  const data = Array.from({ length: 1_001 }, (_, index) => ({
    email: `p${index}@x.ru`,
    ...(index % 1_000 === 0 ? fields(index) : {}),
  }));
  await scene.now(shop, importRules.importBatch, { data });
  assert.equal((await listFields(scene.db, shop.databaseId)).length, 500);
});

const value: fc.Arbitrary<JsonValue> = fc.constantFrom(1, 'x', true, null, 0.5, ['a', 'b'], { a: 1 });
const update: fc.Arbitrary<JsonValue> = fc.oneof(
  value,
  fc
    .record({ action: fc.constantFrom('set', 'unset', 'incr', 'add', 'delete', 'upsert'), value })
    .map((sent): JsonObject => ({ ...sent, submatch: 'a' })),
);
const item: fc.Arbitrary<JsonObject> = fc.record({
  email: fc.constantFrom('a@x.ru', 'b@x.ru', 'c@x.ru', 'none'),
  [`first`]: update,
  [`second`]: update,
});

test('whatever unknown fields items bring, a dry run makes none and foretells what the real one does', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(item, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    async (batches) => {
      const shop = await scene.makeShop({ unknownFields: 'create' });
      for (const batch of batches)
        await foretell(shop, importRules.importBatch, { data: batch.map((one) => ({ ...one })) });
    },
  );
  await fc.assert(property, { numRuns: 25, seed: SEED });
});
