import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, newObjectId } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { loadShape, storeProfiles } from '../../src/profiles/index.ts';
import { countersOf, ImportScene, type Shop } from './import-scene.ts';

const SEED = 20260302;
const TWIN = 'twin@x.ru';
let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

/** What an item may say of a field: nothing, null, a text, or what is no text. */
const field = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('A', 'B', 'C') },
  { weight: 2, arbitrary: fc.constantFrom(undefined, null) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const email = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a@x.ru', ' A@X.ru', 'b@x.ru', 'B@x.ru ', 'c@x.ru', 'd@x.ru') },
  { weight: 1, arbitrary: fc.constantFrom(TWIN, 'nobody', null) },
);
interface Item {
  readonly email: string | null;
  readonly _fname: string | boolean | null | undefined;
  readonly _city: string | boolean | null | undefined;
}
const item: fc.Arbitrary<Item> = fc.record({ email, _fname: field, _city: field });
const steps = fc.array(
  fc.record({ items: fc.array(item, { minLength: 1, maxLength: 8 }), drains: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

type Told = { email: string } | { error: number; field: string };

/** What the import is to do, for matching by e-mail: profiles by address, the counters and results of a batch. */
class Model {
  readonly profiles = new Map<string, JsonObject>();

  apply(items: readonly Item[]): { counters: Record<string, number>; results: Told[] } {
    const counters: Record<string, number> = { total: items.length };
    const count = (name: string): void => {
      counters[name] = (counters[name] ?? 0) + 1;
    };
    const results = items.map((one): Told => {
      const told = this.#applyOne(one);
      count(told.state);
      if ('email' in told.result) count('started');
      return told.result;
    });
    return { counters, results };
  }

  #applyOne(one: Item): { state: string; result: Told } {
    const address = one.email?.trim().toLowerCase();
    if (address === undefined || !address.includes('@')) {
      return { state: 'invalid', result: { error: 400, field: 'email' } };
    }
    const patch: JsonObject = { email: address };
    for (const name of ['_fname', '_city'] as const) {
      const value = one[name];
      if (typeof value === 'boolean') return { state: 'invalid', result: { error: 400, field: name } };
      if (typeof value === 'string') patch[name] = value;
    }
    if (address === TWIN) return { state: 'ambiguous', result: { error: 409, field: 'email' } };
    const known = this.profiles.get(address);
    const merged = { ...known, ...patch };
    this.profiles.set(address, merged);
    const isSame = known?.['_fname'] === merged['_fname'] && known?.['_city'] === merged['_city'];
    const state = known === undefined ? 'created' : isSame ? 'unchanged' : 'updated';
    return { state, result: { email: address } };
  }
}

async function storeTwins(shop: Shop): Promise<void> {
  const shape = await loadShape(scene.db, shop.databaseId);
  const now = scene.clock.now();
  const twins = [1, 2].map(() => ({
    id: newObjectId(now),
    after: { fields: { email: TWIN }, subscriptions: [] },
  }));
  await withTx(scene.db, (tx) => storeProfiles(tx, shape, twins, [], now));
}

/** Absent instead of undefined, as JSON has it. */
function toData(one: Item): JsonObject {
  const { email: address, _fname, _city } = one;
  const data: JsonObject = { email: address };
  if (_fname !== undefined) data['_fname'] = _fname;
  if (_city !== undefined) data['_city'] = _city;
  return data;
}

test('any batches by e-mail, one by one or several at once, do what a simple model does', async () => {
  const property = fc.asyncProperty(steps, async (batches) => {
    const shop = await scene.makeShop();
    await storeTwins(shop);
    const model = new Model();
    const expected: ReturnType<Model['apply']>[] = [];
    const taskIds: string[] = [];
    for (const { items, drains } of batches) {
      expected.push(model.apply(items));
      taskIds.push(
        await scene.submit(
          shop,
          items.map((one) => ({ data: toData(one) })),
        ),
      );
      if (drains) await scene.drain();
    }
    await scene.drain();

    const profiles = await scene.profiles(shop);
    const single = profiles.filter(({ fields }) => fields['email'] !== TWIN);
    assert.equal(profiles.length, single.length + 2);
    const stored = single.map(({ fields }) => [String(fields['email']), fields] as const);
    assert.equal(stored.length, model.profiles.size);
    assert.deepEqual(new Map(stored), model.profiles);
    const addresses = new Map(profiles.map(({ id, fields }) => [id, String(fields['email'])]));
    for (const [index, taskId] of taskIds.entries()) {
      const { status, results } = await scene.imported(taskId);
      assert.deepEqual(countersOf(status), expected[index]?.counters);
      const told = results.map((result) =>
        'profile_id' in result
          ? { email: addresses.get(result.profile_id) }
          : { error: result.error, field: result.field },
      );
      assert.deepEqual(told, expected[index]?.results);
    }
  });
  await fc.assert(property, { numRuns: 60, seed: SEED });
});
