import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, ManualClock, MusterError } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createDatabase } from '../../src/profiles/index.ts';
import {
  addMembers,
  countMembers,
  createSegment,
  deleteSegment,
  forgetMembers,
  getSegment,
  listSegments,
  membersAmong,
  pageMembers,
  removeMembers,
  type Segment,
  SegmentFilterError,
  segmentsOf,
  updateSegment,
} from '../../src/segments/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertProfiles, profileId } from './stored-profiles.ts';

const now = new Date('2026-03-01T00:00:00Z');
const later = new Date('2026-03-02T00:00:00Z');
const clock = new ManualClock(now);
const LIMIT_MS = 60_000;
let database: TestDatabase;
/** Profile n of `first` has age n, 1 to 200; `second` has the next 5. */
let first: number;
let second: number;
let people: string[];
let others: string[];

before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  first = (await createDatabase(db, clock, { name: 'first' })).id;
  second = (await createDatabase(db, clock, { name: 'second' })).id;
  people = await insertProfiles(
    db,
    first,
    Array.from({ length: 200 }, (_, index) => ({ age: index + 1 })),
  );
  others = await insertProfiles(
    db,
    second,
    Array.from({ length: 5 }, () => ({ age: 1 })),
    201,
  );
});
after(() => database.drop());

function make(filter: JsonObject | null = null, databaseId = first): Promise<Segment> {
  return createSegment(database.db, clock, { databaseId, name: 'some', filter });
}

function refusal(code: number, field?: string): (fault: unknown) => boolean {
  return (fault) => {
    assert.ok(fault instanceof MusterError, String(fault));
    assert.deepEqual([fault.code, fault.field], [code, field]);
    return true;
  };
}

/** Every member, page by page. */
async function walk(segment: Segment, limit: number, scanned?: number): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await pageMembers(database.db, segment, {
      after,
      limit,
      ...(scanned === undefined ? {} : { scanned }),
    });
    pages.push(page.members.map((member) => member.profileId));
    after = page.next;
  } while (after !== undefined);
  return pages;
}

test('a segment is stored, listed by database, changed', async () => {
  const { db } = database;
  const still = await createSegment(db, clock, { databaseId: second, name: ' VIP ', filter: null });
  const expected = {
    id: still.id,
    databaseId: second,
    name: 'VIP',
    kind: 'static',
    filter: null,
    createdAt: now,
  };
  assert.deepEqual(still, expected);
  const moving = await make({ age: { $gt: 5 } }, second);
  assert.deepEqual([moving.kind, moving.filter], ['filter', { age: { $gt: 5 } }]);
  assert.deepEqual(await listSegments(db, [second]), [still, moving]);
  assert.deepEqual(await listSegments(db, [9_999]), []);
  assert.ok((await listSegments(db, null)).some(({ id }) => id === moving.id));

  const changed = await updateSegment(db, moving.id, { name: 'Old', filter: { age: 7 } });
  assert.deepEqual(changed, { ...moving, name: 'Old', filter: { age: 7 } });
  assert.deepEqual(await updateSegment(db, moving.id, {}), changed);
  assert.deepEqual(await getSegment(db, moving.id), changed);
  await assert.rejects(updateSegment(db, still.id, { filter: {} }), refusal(400, 'filter'));
  await assert.rejects(updateSegment(db, 9_999, { name: 'x' }), refusal(404));
  await assert.rejects(getSegment(db, 9_999), refusal(404));
  await assert.rejects(make(null, 9_999), refusal(404, 'database_id'));
  for (const name of ['', ' ', 'x'.repeat(201), 'a\u0000']) {
    await assert.rejects(updateSegment(db, still.id, { name }), refusal(400, 'name'));
  }
});

test('a filter that is none is refused with every path, and leaves the old one', async () => {
  const { db } = database;
  const segment = await make({ age: 1 });
  const broken = { $or: [{ age: { $gtt: 1 } }], name: { $in: 5 } };
  const isRefusal = (fault: unknown): boolean => {
    assert.ok(fault instanceof SegmentFilterError);
    assert.deepEqual(
      fault.faults.map(({ path }) => path),
      ['filter.$or[0].age.$gtt', 'filter.name.$in'],
    );
    return true;
  };
  await assert.rejects(make(broken), isRefusal);
  await assert.rejects(updateSegment(db, segment.id, { filter: broken }), isRefusal);
  assert.deepEqual(await getSegment(db, segment.id), segment);
});

test('members are put in once, taken out once, and only profiles of the database are', async () => {
  const { db } = database;
  const segment = await make();
  const [a = '', b = '', c = ''] = people;
  const add = (ids: string[], at = now) => withTx(db, (tx) => addMembers(tx, segment.id, ids, at));
  assert.deepEqual(await add([]), new Set());
  assert.deepEqual(await add([b, a, b]), new Set([a, b]));
  assert.deepEqual(await add([a, c, others[0] ?? '', profileId(9_999)], later), new Set([c]));
  assert.deepEqual(await membersAmong(db, segment, [a, c, others[0] ?? '']), new Set([a, c]));
  const { members } = await pageMembers(db, segment, { limit: 10 });
  assert.deepEqual(
    new Map(members.map((member) => [member.profileId, member.addedAt])),
    new Map([
      [a, now],
      [b, now],
      [c, later],
    ]),
  );
  assert.deepEqual(await removeMembers(db, segment.id, [a, a, profileId(9_999)]), new Set([a]));
  assert.deepEqual(await removeMembers(db, segment.id, [a]), new Set());
  assert.equal(await countMembers(db, segment, LIMIT_MS), 2);

  const moving = await make({ age: 1 });
  assert.deepEqual(await addMembers(db, moving.id, [a], now), new Set());
  assert.deepEqual(await addMembers(db, 9_999, [a], now), new Set());
});

test('two that put the same profiles in agree on who has', async () => {
  const { db } = database;
  const segment = await make();
  const both = await Promise.all([
    withTx(db, (tx) => addMembers(tx, segment.id, people, now)),
    withTx(db, (tx) => addMembers(tx, segment.id, people.toReversed(), now)),
  ]);
  const [left = new Set(), right = new Set()] = both;
  assert.equal(left.size + right.size, people.length);
  assert.deepEqual([...left, ...right].sort(), people);
});

test('pages hold every member of a static segment once', async () => {
  const segment = await make();
  await addMembers(database.db, segment.id, people, now);
  const pages = await walk(segment, 30);
  assert.deepEqual(
    pages.map((page) => page.length),
    [30, 30, 30, 30, 30, 30, 20],
  );
  assert.deepEqual(pages.flat().sort(), people);
  assert.deepEqual(await walk(segment, 200), [pages.flat()]);
  await assert.rejects(pageMembers(database.db, segment, { after: 'x', limit: 1 }), refusal(400, 'after'));
});

test('a filter segment holds those who meet it at the moment, however few a page looks at', async () => {
  const { db } = database;
  const segment = await make({ age: { $gt: 190 } });
  const expected = people.slice(190);
  for (const [limit, scanned] of [
    [100, 10_000],
    [3, 10_000],
    [3, 7],
    [100, 1],
    [100, 200],
  ] as const) {
    const pages = await walk(segment, limit, scanned);
    assert.ok(pages.every((page) => page.length <= limit));
    assert.deepEqual(pages.flat().sort(), expected, `${limit} of ${scanned}`);
  }
  assert.equal((await walk(segment, 3, 10_000)).length, 4);
  assert.equal(await countMembers(db, segment, LIMIT_MS), 10);
  assert.deepEqual(await membersAmong(db, segment, people.slice(188)), new Set(expected));
  await updateSegment(db, segment.id, { filter: { age: { $lt: 3 } } });
  const narrowed = await getSegment(db, segment.id);
  assert.deepEqual((await walk(narrowed, 10)).flat().sort(), people.slice(0, 2));
});

test('a profile has the segments of its database that it is in, more filters than one statement judges', async () => {
  const { db } = database;
  const databaseId = (await createDatabase(db, clock, { name: 'third' })).id;
  const [young = '', old = '', none = ''] = await insertProfiles(
    db,
    databaseId,
    [{ age: 1 }, { age: 90 }, {}],
    500,
  );
  const by = [];
  for (let age = 0; age < 19; age += 1) by.push(await make({ age: { $gt: age * 10 } }, databaseId));
  const still = await make(null, databaseId);
  await make(null, databaseId);
  await addMembers(db, still.id, [young], now);
  const found = await segmentsOf(db, databaseId, [young, old, none]);
  const ids = by.map(({ id }) => id);
  assert.deepEqual(
    found,
    new Map([
      [young, [...ids.slice(0, 1), still.id]],
      [old, ids.slice(0, 9)],
    ]),
  );
  assert.deepEqual(await segmentsOf(db, first, [young, old]), new Map());
  await forgetMembers(db, databaseId, [young]);
  assert.deepEqual((await segmentsOf(db, databaseId, [young])).get(young), ids.slice(0, 1));
});

test('a count that takes too long is none', async () => {
  const { db } = database;
  const [still, moving] = [await make(), await make({ age: 1 })];
  await db.transaction().execute(async (tx) => {
    // Whoever reads the tables now waits for as long as it is allowed to.
    await sql`lock table segment_member, profile in access exclusive mode`.execute(tx);
    assert.equal(await countMembers(db, still, 20), undefined);
    assert.equal(await countMembers(db, moving, 20), undefined);
  });
  assert.equal(await countMembers(db, still, LIMIT_MS), 0);
  assert.equal(await countMembers(db, moving, LIMIT_MS), 1);
});

test('a segment is deleted with its members, in steps', async () => {
  const { db } = database;
  const [segment, neighbour] = [await make(), await make()];
  for (const { id } of [segment, neighbour]) await addMembers(db, id, people.slice(0, 12), now);
  const bounds = { steps: 2, rows: 5 };
  assert.deepEqual(await deleteSegment(db, segment, bounds), { removed: 10, done: false });
  assert.deepEqual(await getSegment(db, segment.id), segment);
  assert.deepEqual(await deleteSegment(db, segment, bounds), { removed: 2, done: true });
  await assert.rejects(getSegment(db, segment.id), refusal(404));
  assert.deepEqual(await addMembers(db, segment.id, people, now), new Set());
  assert.equal(await countMembers(db, neighbour, LIMIT_MS), 12);
  assert.deepEqual(await deleteSegment(db, neighbour), { removed: 12, done: true });
  const left =
    await sql`select from segment_member where segment_id in (${segment.id}, ${neighbour.id})`.execute(db);
  assert.equal(left.rows.length, 0);
});
