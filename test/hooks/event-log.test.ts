import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { addressMd5, addressXxh } from '../../src/base/index.ts';
import {
  type FeedQuery,
  forgetProfileEvents,
  purgeEventLog,
  readFeed,
  writeEvents,
} from '../../src/hooks/index.ts';
import { createHookScene, eventOf, type HookScene, idsOf, START } from './hook-scene.ts';

let scene: HookScene;
before(async () => {
  scene = await createHookScene();
});
beforeEach(() => scene.clear());
after(() => scene.drop());

const DAY_MS = 86_400_000;

function query(over: Partial<FeedQuery> = {}): FeedQuery {
  return {
    after: undefined,
    limit: 1000,
    filter: { types: null, databaseIds: null },
    profileId: undefined,
    ...over,
  };
}

async function countRows(): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from event_batch`.execute(scene.db);
  return rows[0]?.rows ?? 0;
}

test('an event is told with every key of the contract', async () => {
  const subscription = { resource_id: 3, channel: 'email', email: 'ann@example.org', status: 'subscribed' };
  const event = eventOf('subscribed', {
    workflowId: 4,
    resourceId: 3,
    data: { task_id: 'x', text: 'Привет \u2028 \u0000' },
    customData: { order: 7 },
    subscription,
  });
  await scene.emit([event], 12);
  const [told, ...others] = await scene.feed();
  assert.deepEqual(others, []);
  assert.match(String(told?.['event_id']), /^\d+-0$/);
  assert.deepEqual(
    { ...told, event_id: '' },
    {
      event_id: '',
      event_type: 'subscribed',
      event_date: START.toISOString(),
      profile_id: event.profileId,
      list_id: 12,
      account_id: 1,
      _md5: addressMd5('ann@example.org'),
      _xxh: addressXxh('ann@example.org'),
      custom_data: { order: 7 },
      event_data: event.data,
      subscription: [subscription],
      is_test: false,
    },
  );
});

test('thousands of events are few rows and one statement', async () => {
  const events = ['import_api', 'profile_created', 'workflow_start'].flatMap((type) =>
    Array.from({ length: 1_000 }, (_, n) => eventOf(type, { data: { n } })),
  );
  await scene.emit(events);
  assert.equal(await countRows(), 6);
  const told = await scene.feed();
  assert.equal(new Set(idsOf(told)).size, 3_000);
  for (const type of ['import_api', 'profile_created', 'workflow_start']) {
    const order = told.filter((event) => event['event_type'] === type).map((event) => event['event_data']);
    assert.deepEqual(
      order,
      Array.from({ length: 1_000 }, (_, n) => ({ n })),
      'those of one type keep their order',
    );
  }
});

test('a transaction that commits late is not passed by, and one that is rolled back tells nothing', async () => {
  const { db, clock } = scene;
  const now = clock.now();
  const [late, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = db.transaction().execute(async (tx) => {
    await writeEvents(tx, { databaseId: 1, now }, [eventOf('first')]);
    late.resolve();
    await gate.promise;
  });
  await late.promise;
  await scene.emit([eventOf('second')]);
  await assert.rejects(
    db.transaction().execute(async (tx) => {
      await writeEvents(tx, { databaseId: 1, now }, [eventOf('never')]);
      throw new Error('rolled back');
    }),
  );
  const page = await readFeed(db, query());
  assert.deepEqual(
    page.data.map((event) => event['event_type']),
    ['second'],
  );
  assert.equal(page.hasMore, false);
  gate.resolve();
  await first;
  await scene.place();
  const next = await readFeed(db, query({ after: page.next }));
  assert.deepEqual(
    next.data.map((event) => event['event_type']),
    ['first'],
  );
  assert.deepEqual(
    (await scene.feed()).map((event) => event['event_type']),
    ['second', 'first'],
  );
});

test('only one process gives places at a time, and none is given twice', async () => {
  await writeEvents(scene.db, { databaseId: 1, now: START }, [eventOf('a'), eventOf('b'), eventOf('c')]);
  await Promise.all([scene.place(), scene.place(), scene.place()]);
  await scene.emit([eventOf('d')]);
  const { rows } = await sql<{ position: number }>`
    select position from event_batch order by position`.execute(scene.db);
  assert.deepEqual(
    rows.map(({ position }) => position),
    [1, 2, 3, 4],
  );
});

test('pages of any size give the same events in the same order, each once', async () => {
  for (let round = 0; round < 4; round += 1) {
    await scene.emit([
      ...Array.from({ length: 7 }, () => eventOf('a')),
      ...Array.from({ length: 3 }, () => eventOf('b')),
    ]);
  }
  const whole = idsOf(await scene.feed());
  assert.equal(whole.length, 40);
  for (const limit of [1, 3, 7, 10, 39, 40, 41]) {
    const found: string[] = [];
    let page = await readFeed(scene.db, query({ limit }));
    found.push(...idsOf(page.data));
    for (let turns = 0; page.hasMore; turns += 1) {
      assert.ok(turns < 50);
      page = await readFeed(scene.db, query({ limit, after: page.next }));
      found.push(...idsOf(page.data));
    }
    assert.deepEqual(found, whole, `limit ${limit}`);
    assert.deepEqual((await readFeed(scene.db, query({ limit, after: page.next }))).data, []);
  }
});

test('a page can be of some types, databases, or one profile', async () => {
  const wanted = eventOf('a');
  await scene.emit([eventOf('a'), wanted, eventOf('b')], 1);
  await scene.emit([eventOf('a'), eventOf('b', { profileId: wanted.profileId })], 2);
  const { db } = scene;
  const count = async (over: Partial<FeedQuery>) => (await readFeed(db, query(over))).data.length;
  assert.equal(await count({ filter: { types: ['a'], databaseIds: null } }), 3);
  assert.equal(await count({ filter: { types: null, databaseIds: [2] } }), 2);
  assert.equal(await count({ filter: { types: ['b'], databaseIds: [1] } }), 1);
  assert.equal(await count({ profileId: wanted.profileId }), 2);
  assert.equal(await count({ profileId: wanted.profileId, filter: { types: null, databaseIds: [1] } }), 1);
  const first = await readFeed(db, query({ profileId: wanted.profileId, limit: 1 }));
  assert.deepEqual([first.data.length, first.hasMore], [1, true]);
  const second = await readFeed(db, query({ profileId: wanted.profileId, limit: 1, after: first.next }));
  assert.deepEqual(
    second.data.map((event) => event['list_id']),
    [2],
  );
});

test('what is old is deleted, and a cursor to it is refused with the oldest that is kept', async () => {
  const { db, clock } = scene;
  await scene.emit([eventOf('old'), eventOf('older')]);
  const stale = (await readFeed(db, query({ limit: 1 }))).next;
  clock.advance(20 * DAY_MS);
  await scene.emit([eventOf('new')]);
  clock.advance(11 * DAY_MS);
  assert.equal(await purgeEventLog(db, clock.now(), 30, 100), 2);
  assert.equal(await purgeEventLog(db, clock.now(), 30, 100), 0);
  assert.deepEqual(
    (await scene.feed()).map((event) => event['event_type']),
    ['new'],
  );
  await assert.rejects(readFeed(db, query({ after: stale })), {
    detail: /were deleted.*the oldest that is kept is at 3-0/,
  });
  assert.equal((await readFeed(db, query({ after: '3-0' }))).data.length, 1);
  await assert.rejects(readFeed(db, query({ after: '9-0' })), {
    detail: /beyond the end of the log, which is at 4-0/,
  });
  await assert.rejects(readFeed(db, query({ after: 'x' })), {
    detail: /expected the next of an earlier page/,
  });
  assert.deepEqual((await readFeed(db, query({ after: 'end' }))).data, []);
});

test('erased profiles are told of without anything about them, but for what they do later', async () => {
  const { db, clock } = scene;
  const gone = eventOf('a', { data: { secret: 1 }, customData: { c: 1 }, subscription: { email: 'x' } });
  await scene.emit([gone, eventOf('a')]);
  const before = idsOf(await scene.feed());
  await forgetProfileEvents(db, 1, [gone.profileId], clock.now());
  const told = await scene.feed();
  assert.deepEqual(idsOf(told), before);
  const { event_id: _, event_date: __, ...rest } = told[0] ?? {};
  assert.deepEqual(rest, {
    ...{ event_type: 'a', profile_id: null, list_id: 1, account_id: 1, _md5: null, _xxh: null },
    ...{ custom_data: {}, event_data: {}, subscription: [], is_test: false },
  });
  assert.notEqual(told[1]?.['profile_id'], null);
  clock.advance(1_000);
  await scene.emit([gone]);
  assert.equal((await scene.feed())[2]?.['profile_id'], gone.profileId);
  clock.advance(31 * DAY_MS);
  assert.equal(await purgeEventLog(db, clock.now(), 30, 100), 3, 'two rows of the log, one note');
});
