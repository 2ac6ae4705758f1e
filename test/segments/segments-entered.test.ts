import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type JsonObject, ManualClock } from '../../src/base/index.ts';
import { createDatabase, type ProfileChange, type ProfileState } from '../../src/profiles/index.ts';
import { createSegment, segmentsEntered } from '../../src/segments/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { profileId } from './stored-profiles.ts';

const clock = new ManualClock(new Date('2026-03-01T00:00:00Z'));
let database: TestDatabase;
let databaseId: number;
let adults: number;
let subscribers: number;
let strangers: number;
let still: number;

before(async () => {
  database = await createTestDatabase();
  databaseId = (await createDatabase(database.db, clock, { name: 'shop' })).id;
  adults = await make({ age: { $gte: 18 } });
  subscribers = await make({ 'subscriptions.status': 'subscribed' });
  strangers = await make({ name: { $exists: false } });
  still = await make(null);
});
after(() => database.drop());

async function make(filter: JsonObject | null, of = databaseId): Promise<number> {
  return (await createSegment(database.db, clock, { databaseId: of, name: 'some', filter })).id;
}

function state(fields: JsonObject, statuses: readonly ('subscribed' | 'unsubscribed')[] = []): ProfileState {
  const subscriptions = statuses.map((status, index) => ({
    id: profileId(index),
    resource_id: 1,
    channel: 'email' as const,
    email: 'a@b.ru',
    status,
    priority: 0,
  }));
  return { fields, subscriptions };
}

function change(
  number: number,
  before: ProfileState | undefined,
  after: ProfileState,
  enteredSegments: readonly number[] = [],
): ProfileChange {
  return { profileId: profileId(number), before, after, enteredSegments };
}

function ids(...numbers: number[]): Set<string> {
  return new Set(numbers.map(profileId));
}

test('those who meet a filter now and did not before have entered', async () => {
  const same = state({ age: 40, name: 'Same' });
  const changes = [
    change(1, undefined, state({ age: 18, name: 'New' })),
    change(2, state({ age: 17, name: 'Grown' }), state({ age: 18, name: 'Grown' })),
    change(3, state({ age: 30, name: 'Was in' }), state({ age: 31, name: 'Was in' })),
    change(4, state({ age: 30, name: 'Left' }), state({ age: 3, name: 'Left' })),
    change(5, same, same, [still]),
    change(6, undefined, state({})),
    change(
      7,
      state({ name: 'Back' }, ['unsubscribed']),
      state({ name: 'Back' }, ['unsubscribed', 'subscribed']),
    ),
    change(8, state({ name: 'Kept' }, ['subscribed']), state({ name: 'Kept', age: 1 }, ['subscribed'])),
  ];
  const asked = [adults, subscribers, strangers, still];
  assert.deepEqual(
    await segmentsEntered(database.db, databaseId, asked, changes),
    new Map([
      [still, ids(5)],
      [adults, ids(1, 2)],
      [strangers, ids(6)],
      [subscribers, ids(7)],
    ]),
  );
  assert.deepEqual(
    await segmentsEntered(database.db, databaseId, [strangers], changes),
    new Map([[strangers, ids(6)]]),
  );
});

test('nobody enters a segment that is not asked for, not there, or of another database', async () => {
  const { db } = database;
  const other = (await createDatabase(db, clock, { name: 'other' })).id;
  const foreign = [await make({}, other), await make(null, other)];
  const changes = [change(1, undefined, state({ age: 20 }), [still, ...foreign])];
  assert.deepEqual(await segmentsEntered(db, databaseId, [], changes), new Map());
  assert.deepEqual(await segmentsEntered(db, databaseId, [adults], []), new Map());
  assert.deepEqual(await segmentsEntered(db, databaseId, [...foreign, 9_999], changes), new Map());
});

test('more filters are asked for than one statement judges', async () => {
  const many = [];
  for (let age = 0; age < 11; age += 1) many.push(await make({ age: { $gte: age } }));
  const changes = [change(1, undefined, state({ age: 6 })), change(2, state({ age: 3 }), state({ age: 9 }))];
  const entered = await segmentsEntered(database.db, databaseId, many, changes);
  const sizes = many.map((id) => [...(entered.get(id) ?? [])]);
  assert.deepEqual(sizes, [
    ...Array.from({ length: 4 }, () => [profileId(1)]),
    ...Array.from({ length: 3 }, () => [profileId(1), profileId(2)]),
    ...Array.from({ length: 3 }, () => [profileId(2)]),
    [],
  ]);
});
