import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { ManualClock } from '../../src/base/index.ts';
import {
  type Allowance,
  type BudgetLimits,
  listBudgets,
  openBudget,
  removeBudget,
  reportReach,
  setBudget,
  takeFromBudget,
} from '../../src/budgets/index.ts';
import { type Db, withTx } from '../../src/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const START = new Date('2026-03-01T00:00:00Z');
const KEY = 'host https://api.example';
const NO_LIMITS: BudgetLimits = { concurrency: null, perSecond: null };

let database: TestDatabase;
let db: Db;
let clock: ManualClock;
before(async () => {
  database = await createTestDatabase();
  db = database.db;
});
beforeEach(async () => {
  clock = new ManualClock(START);
  await sql`truncate budget`.execute(db);
});
after(() => database.drop());

function afterStart(ms: number): Date {
  return new Date(START.getTime() + ms);
}

async function look(defaults: BudgetLimits = NO_LIMITS, key = KEY): Promise<Allowance> {
  return withTx(db, (tx) => openBudget(tx, key, defaults, clock.now()));
}

/** Takes as many of the wanted as are granted, as a claim does. */
async function take(wanted: number, defaults: BudgetLimits = NO_LIMITS, underWay = 0): Promise<number> {
  return withTx(db, async (tx) => {
    const granted = (await openBudget(tx, KEY, defaults, clock.now())).grant(wanted, underWay);
    await takeFromBudget(tx, KEY, granted, clock.now());
    return granted;
  });
}

async function fail(unreachable = 1, reason = 'down') {
  return reportReach(db, KEY, { reached: 0, unreachable, reason }, clock.now());
}

async function reach(unreachable = 0) {
  return reportReach(db, KEY, { reached: 1, unreachable, reason: null }, clock.now());
}

/** Which version of its row the budget has: a write of any kind makes another one. */
async function rowVersion(): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select ctid::text || ' ' || xmin::text || ' ' || xmax::text as version from budget`.execute(db);
  return rows[0]?.version ?? '';
}

test('a budget that nobody has set is made with the defaults, and grants what is wanted without them', async () => {
  const allowance = await look();
  assert.deepEqual(
    [allowance.grant(1_000, 999), allowance.nextAt, allowance.breaker],
    [1_000, null, 'closed'],
  );
  assert.deepEqual(await listBudgets(db, clock.now()), [
    {
      ...{ key: KEY, limits: NO_LIMITS, tokens: null, breaker: 'closed', failures: 0 },
      ...{ openedAt: null, retryAt: null, reason: null },
    },
  ]);
  const limited = await look({ concurrency: 3, perSecond: null });
  assert.deepEqual(
    [limited.grant(5, 0), limited.grant(1, 0), limited.grant(5, 2), limited.grant(5, 4)],
    [3, 1, 1, 0],
  );
});

test('what an operator has set wins over the defaults, each for itself', async () => {
  await setBudget(db, KEY, { concurrency: 2, perSecond: null }, clock.now());
  const defaults = { concurrency: 9, perSecond: 4 };
  assert.deepEqual([(await look(defaults)).grant(9, 0), await take(1, defaults)], [2, 1]);
  await setBudget(db, KEY, { concurrency: null, perSecond: 1 }, clock.now());
  assert.equal((await look(defaults)).grant(9, 0), 1, 'the bucket holds no more than a second’s worth');
  assert.equal(await removeBudget(db, KEY), true);
  assert.equal(await removeBudget(db, KEY), false);
  assert.equal((await look(defaults)).grant(9, 0), 4);
});

test('a rate lets a second’s worth through at once and then each in its time', async () => {
  const rate = { concurrency: null, perSecond: 10 };
  assert.equal(await take(15, rate), 10);
  assert.equal(await take(1, rate), 0);
  assert.deepEqual((await look(rate)).nextAt, afterStart(100));
  clock.advance(100);
  assert.equal(await take(5, rate), 1);
  clock.advance(350);
  assert.equal(await take(5, rate), 3);
  clock.advance(50);
  assert.equal(await take(5, rate), 1, 'fractions are kept');
  clock.advance(60_000);
  assert.equal(await take(100, rate), 10);
});

test('a rate below one a second lets one through at a time', async () => {
  const rate = { concurrency: null, perSecond: 0.5 };
  assert.equal(await take(5, rate), 1);
  assert.deepEqual((await look(rate)).nextAt, afterStart(2_000));
  for (let looks = 0; looks < 6; looks += 1) {
    clock.advance(333);
    assert.equal(await take(5, rate), 0);
  }
  clock.advance(2);
  assert.equal(await take(5, rate), 1);
});

test('a clock that lags fills nothing, and takes nothing away', async () => {
  const rate = { concurrency: null, perSecond: 2 };
  clock.advance(10_000);
  assert.equal(await take(1, rate), 1);
  clock = new ManualClock(START);
  assert.equal(await take(5, rate), 1);
  clock.advance(10_000);
  assert.equal(await take(5, rate), 0);
});

test('a rate that is taken away leaves no trace in the bucket', async () => {
  await setBudget(db, KEY, { concurrency: null, perSecond: 1 }, clock.now());
  assert.equal(await take(5), 1);
  await setBudget(db, KEY, NO_LIMITS, clock.now());
  assert.equal(await take(50), 50);
  const version = await rowVersion();
  const [state] = await listBudgets(db, clock.now());
  assert.equal(state?.tokens, null);
  await withTx(db, (tx) => takeFromBudget(tx, KEY, 5, clock.now()));
  assert.equal(await rowVersion(), version, 'without a rate nothing is written');
});

test('workers that claim at once share rate and concurrency', async () => {
  await sql`create table claimed (id int generated always as identity)`.execute(db);
  const limits = { concurrency: 7, perSecond: 20 };
  async function claim(): Promise<void> {
    await withTx(db, async (tx) => {
      const allowance = await openBudget(tx, KEY, limits, clock.now());
      const { rows } = await sql<{ n: number }>`select count(*) as n from claimed`.execute(tx);
      const granted = allowance.grant(2, rows[0]?.n ?? 0);
      await sql`insert into claimed select from generate_series(1, ${granted}::int)`.execute(tx);
      await takeFromBudget(tx, KEY, granted, clock.now());
    });
  }
  async function claimTogether(): Promise<number> {
    await Promise.all(Array.from({ length: 8 }, claim));
    const { rows } = await sql<{ n: number }>`select count(*) as n from claimed`.execute(db);
    await sql`truncate claimed`.execute(db);
    return rows[0]?.n ?? 0;
  }
  const rounds: number[] = [];
  for (let round = 0; round < 4; round += 1) rounds.push(await claimTogether());
  assert.deepEqual(rounds, [7, 7, 6, 0], 'the concurrency of each round, the rate of all together');
  await sql`drop table claimed`.execute(db);
});

test('a budget is locked until its transaction ends, and another one is not', async () => {
  await look(NO_LIMITS, 'other');
  const opened = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const rate = { concurrency: null, perSecond: 1 };
  const first = withTx(db, async (tx) => {
    const granted = (await openBudget(tx, KEY, rate, clock.now())).grant(1, 0);
    opened.resolve();
    await go.promise;
    await takeFromBudget(tx, KEY, granted, clock.now());
    return granted;
  });
  await opened.promise;
  const second = take(1, rate);
  assert.equal((await look(NO_LIMITS, 'other')).grant(1, 0), 1);
  go.resolve();
  assert.deepEqual([await first, await second], [1, 0]);
});

test('five failures in a row open the breaker, one success before that begins the row again', async () => {
  await look();
  assert.deepEqual([await fail(), await fail(3)], [undefined, undefined]);
  assert.equal(await reach(2), undefined, 'what was reached as well is no failure of the place');
  assert.equal(await fail(4), undefined);
  assert.equal((await look()).grant(1, 0), 1);
  assert.equal(await fail(1, 'connection refused'), 'opened');
  const allowance = await look();
  assert.deepEqual(
    [allowance.grant(1, 0), allowance.nextAt, allowance.breaker],
    [0, afterStart(5_000), 'open'],
  );
  const [state] = await listBudgets(db, clock.now());
  assert.deepEqual(state, {
    ...{ key: KEY, limits: NO_LIMITS, tokens: null, breaker: 'open', failures: 5 },
    ...{ openedAt: START, retryAt: afterStart(5_000), reason: 'connection refused' },
  });
});

test('half open it lets one through at a time, and each failure doubles the time, up to five minutes', async () => {
  await look();
  assert.equal(await fail(7), 'opened');
  assert.equal(await fail(7), undefined, 'those that were under way change nothing');
  const pauses: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) {
    const [state] = await listBudgets(db, clock.now());
    const pause = (state?.retryAt?.getTime() ?? 0) - clock.now().getTime();
    pauses.push(pause / 1_000);
    clock.advance(pause - 1);
    assert.equal((await look()).grant(9, 0), 0);
    clock.advance(1);
    const allowance = await look();
    assert.deepEqual([allowance.grant(9, 0), allowance.grant(9, 1), allowance.breaker], [1, 0, 'half_open']);
    assert.equal(await fail(), undefined);
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
  clock.advance(300_000);
  assert.equal(await reach(), 'closed');
  assert.equal((await look()).grant(9, 3), 9);
  assert.equal(await fail(5), 'opened');
  assert.deepEqual((await look()).nextAt, new Date(clock.now().getTime() + 5_000), 'it begins anew');
});

test('a success where there were no failures neither writes nor waits for the row', async () => {
  await look();
  const version = await rowVersion();
  const held = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const holder = withTx(db, async (tx) => {
    await openBudget(tx, KEY, NO_LIMITS, clock.now());
    held.resolve();
    await go.promise;
  });
  await held.promise;
  assert.equal(await reach(), undefined);
  go.resolve();
  await holder;
  // The lock leaves its mark in xmax, and only there.
  assert.equal((await rowVersion()).split(' ')[1], version.split(' ')[1]);
});

test('budgets are listed by what their key begins with', async () => {
  for (const key of ['sender 1', 'host http://b', 'host http://a', 'host%']) await look(NO_LIMITS, key);
  const keys = async (prefix?: string) => (await listBudgets(db, clock.now(), prefix)).map(({ key }) => key);
  assert.deepEqual(await keys('host '), ['host http://a', 'host http://b']);
  assert.deepEqual(await keys('host%'), ['host%']);
  assert.equal((await keys()).length, 4);
});
