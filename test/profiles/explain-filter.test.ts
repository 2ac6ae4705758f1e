import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, type JsonValue, ManualClock, newObjectId } from '../../src/base/index.ts';
import {
  createDatabase,
  createField,
  explainFilter,
  loadShape,
  type ProfileShape,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { parseFilter } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-03-01T00:00:00Z');
/** More than are judged as a sample. */
const MANY = 6_000;
let database: TestDatabase;
let shape: ProfileShape;

before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const { id } = await createDatabase(db, new ManualClock(now), { name: 'shop' });
  await createField(db, new ManualClock(now), id, { name: 'card', type: 'string', match: true });
  await createField(db, new ManualClock(now), id, { name: 'groups', type: 'tags', match: true });
  shape = await loadShape(db, id);
  const many = Array.from({ length: MANY }, (_unused, index) => {
    const fields: JsonObject = { _city: index % 3 === 0 ? 'Omsk' : 'Tula', card: `C${index % 100}` };
    return { id: newObjectId(now), after: { fields, subscriptions: [] } };
  });
  await db.transaction().execute((tx) => storeProfiles(tx, shape, many, [], now));
  // So that the planner knows how many there are.
  await sql`analyze profile`.execute(db);
});
after(() => database.drop());

async function explain(json: JsonValue) {
  const parsed = parseFilter(json);
  assert.ok(parsed.ok);
  return explainFilter(database.db, shape, parsed.value);
}

test('a filter that asks a match field is judged on what its index finds', async () => {
  const { seconds, plan, ...facts } = await explain({ card: { $in: ['C1', 'C3'] }, _city: 'Omsk' });
  assert.deepEqual(facts, {
    fields: [
      { name: 'card', type: 'string', indexed: true },
      { name: '_city', type: 'string', indexed: false },
    ],
    ...{ indexes: ['card'], candidates: 120, total: MANY, count: 40, isExact: true },
  });
  assert.ok(seconds < 30);
  assert.ok(plan.includes('takes the profiles that the index of the field has found'), plan.join('; '));
});

test('a filter without one reads all profiles, and its plan says so', async () => {
  const { plan, ...facts } = await explain({ _city: 'Omsk', groups: 'a' });
  assert.deepEqual(facts.indexes, []);
  assert.deepEqual([facts.candidates, facts.total, facts.count, facts.isExact], [null, MANY, 0, true]);
  assert.deepEqual(facts.fields[1], { name: 'groups', type: 'tags', indexed: false });
  assert.match(plan.join('; '), /profile/);
  assert.equal((await explain({ _city: 'Omsk' })).count, MANY / 3);
  assert.equal((await explain({})).count, MANY);
});

test('what is computed and what is unknown is told apart', async () => {
  const { fields } = await explain({ 'subscriptions.email': 'a@x.ru', _emaildomain: 'x.ru', shoe: 44 });
  assert.deepEqual(
    fields.map(({ name, type }) => [name, type]),
    [
      ['subscriptions', 'objects'],
      ['_emaildomain', 'string'],
      ['shoe', 'unknown'],
    ],
  );
});
