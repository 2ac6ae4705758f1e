import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, type JsonValue, ManualClock, newObjectId } from '../../src/base/index.ts';
import { openDb, withTx } from '../../src/db/index.ts';
import {
  createDatabase,
  createField,
  findByFilter,
  loadShape,
  type ProfileShape,
  type Subscription,
  searchProfiles,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { parseFilter } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-03-01T00:00:00Z');
const names = new Map<string, string>();
let database: TestDatabase;
let shape: ProfileShape;

before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const clock = new ManualClock(now);
  const { id } = await createDatabase(db, clock, { name: 'shop' });
  await createField(db, clock, id, { name: 'card', type: 'string', match: true });
  await createField(db, clock, id, { name: 'points', type: 'float', match: true });
  await createField(db, clock, id, { name: 'since', type: 'date', match: true });
  await createField(db, clock, id, { name: 'groups', type: 'tags', match: true });
  shape = await loadShape(db, id);
  await store('Ann', { email: 'a@x.ru', card: 'C1', points: -2.5, since: '2020-01-01', groups: ['a', 'b'] });
  await store('Bob', {
    email: 'b@x.ru',
    card: 'C2',
    points: 0,
    since: '2021-06-30',
    phones: ['+79862014852'],
  });
  await store('Cid', { card: '', points: 10, since: '2024-02-29', phones: ['+4930123456', '+79862014852'] }, [
    {
      id: newObjectId(now),
      resource_id: 1,
      channel: 'email',
      email: 'c@x.ru',
      status: 'subscribed',
      priority: 0,
    },
  ]);
  await store('Dan', { _fname: 'Dan' });
});
after(() => database.drop());

async function store(name: string, fields: JsonObject, subscriptions: Subscription[] = []): Promise<void> {
  const id = newObjectId(now);
  names.set(id, name);
  await withTx(database.db, (tx) =>
    storeProfiles(tx, shape, [{ id, after: { fields, subscriptions } }], [], now),
  );
}

function filterOf(json: JsonValue) {
  const parsed = parseFilter(json);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

async function find(json: JsonValue): Promise<string[]> {
  const ids = await findByFilter(database.db, shape, filterOf(json), undefined, 10);
  assert.ok(ids.ok);
  return ids.value.map((id) => names.get(id) ?? id).sort();
}

/** Who meets each filter, and whether an index can say among whom to look. */
const filters: readonly (readonly [filter: JsonValue, found: string[], indexed: boolean])[] = [
  [{ email: 'a@x.ru' }, ['Ann'], true],
  [{ email: 'A@x.ru' }, [], true],
  [{ email: { $in: ['a@x.ru', 'b@x.ru', 7] } }, ['Ann', 'Bob'], true],
  [{ $or: [{ card: 'C1' }, { card: 'C2' }] }, ['Ann', 'Bob'], true],
  [{ phones: '+79862014852' }, ['Bob', 'Cid'], true],
  [{ phones: { $gt: '+5' } }, ['Bob', 'Cid'], true],
  [{ points: { $gte: 0 } }, ['Bob', 'Cid'], true],
  [{ points: { $lt: 0 } }, ['Ann'], true],
  [{ points: { $gt: '0' } }, [], true],
  [{ points: 10, _fname: null }, ['Cid'], true],
  [{ since: { $gte: '2021-01-01', $lt: '2022-01-01' } }, ['Bob'], true],
  [{ since: { $gte: { $date: '2024-02-29T00:00:00Z' } } }, ['Cid'], true],
  [{ since: { $gt: { $date: '2020-01-01T00:00:00Z' } } }, ['Bob', 'Cid'], true],
  [{ 'subscriptions.email': 'c@x.ru' }, ['Cid'], true],
  [{ subscriptions: { $elemMatch: { email: 'c@x.ru', status: 'subscribed' } } }, ['Cid'], true],
  [{ subscriptions: { $elemMatch: { email: 'c@x.ru', status: 'invalid' } } }, [], true],
  [{ card: '' }, ['Cid'], false],
  [{ card: { $ne: 'C1' } }, ['Bob', 'Cid', 'Dan'], false],
  [{ groups: 'a' }, ['Ann'], false],
  [{ email: null }, ['Cid', 'Dan'], false],
  [{ subscriptions: { $size: 0 } }, ['Ann', 'Bob', 'Dan'], false],
  [{ segments: 1 }, [], false],
  [{ _createtime: { $lte: '2026-03-01T00:00:00.000Z' }, _fname: 'Dan' }, ['Dan'], false],
  [{ _emaildomain: 'x.ru' }, ['Ann', 'Bob'], false],
];

/** Whether the identities are asked among whom to look. */
async function asksIdentities(json: JsonValue): Promise<boolean> {
  // A connection of its own, whose counters begin at nothing; in a transaction, since only there they stand still.
  const db = openDb({ url: database.url, connections: 1, onIdleFault: () => {} });
  const { rows } = await withTx(db, async (tx) => {
    // Of a handful of rows the planner would read all, whatever it is asked for.
    await sql`set local enable_seqscan = off`.execute(tx);
    await findByFilter(tx, shape, filterOf(json), undefined, 10);
    return sql<{ scans: number }>`
      select pg_stat_get_xact_numscans('identity_pkey'::regclass) as scans`.execute(tx);
  });
  await db.destroy();
  return Number(rows[0]?.scans) > 0;
}

test('a filter finds who meets it, with an index and without', async () => {
  for (const [filter, found, indexed] of filters) {
    assert.deepEqual(await find(filter), found, JSON.stringify(filter));
    assert.equal(await asksIdentities(filter), indexed, JSON.stringify(filter));
  }
});

test('page by page all come once, whether an index finds them or not', async () => {
  for (const json of [{ points: { $gte: -100 } }, { card: { $ne: 'C9' } }]) {
    const filter = filterOf(json);
    const seen: string[] = [];
    let page = await searchProfiles(database.db, shape, { filter, limit: 1 });
    for (;;) {
      seen.push(...page.profiles.map(({ id }) => names.get(id) ?? id));
      if (page.next === undefined) break;
      page = await searchProfiles(database.db, shape, { filter, after: page.next, limit: 1 });
    }
    assert.deepEqual(seen.sort(), await find(json), JSON.stringify(json));
  }
});

test('a filter that takes too long is refused, and the transaction goes on', async () => {
  await withTx(database.db, async (held) => {
    await sql`lock table profile in access exclusive mode`.execute(held);
    await withTx(database.db, async (tx) => {
      const found = await findByFilter(tx, shape, filterOf({ _fname: 'Dan' }), undefined, 10, 20);
      assert.match(found.ok ? '' : found.error, /^takes longer than/);
      const { rows } = await sql<{ limit: string }>`
        select current_setting('statement_timeout') as limit`.execute(tx);
      assert.deepEqual(rows, [{ limit: '0' }]);
    });
  });
  assert.deepEqual(await find({ _fname: 'Dan' }), ['Dan']);
});
