import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLog, ManualClock, success } from '../../src/base/index.ts';
import {
  type Claimed,
  type ClaimOrder,
  createDispatcher,
  type Dispatch,
  type Turn,
} from '../../src/budgets/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestSignals } from '../support/test-signals.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

const START = new Date('2026-03-01T00:00:00Z');
const nothing: Turn<Claimed> = { rows: [], held: 0, isFull: false, nextAt: null };

test('a place that was full while it was counted is claimed for at once when its rows have ended meanwhile', async () => {
  const counting = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const claimedAgain = Promise.withResolvers<void>();
  const signals = createTestSignals();
  let claims = 0;
  const outbox: Dispatch<Claimed, string> = {
    ...{ db: database.db, clock: new ManualClock(START), log: createLog('silent'), signals },
    ...{ name: 'call', places: 8, budgetKey: (place) => place },
    findDue: async () => ['a'],
    claim: async () => {
      claims += 1;
      if (claims === 1) {
        const leaseEnd = new Date(START.getTime() + 60_000);
        return { ...nothing, rows: [{ id: '1', place: 'a', leaseEnd }] };
      }
      if (claims === 2) {
        counting.resolve();
        // It has counted the row as under way; that has ended by the time at which this is known.
        await settled.promise;
        return { ...nothing, isFull: true };
      }
      claimedAgain.resolve();
      return nothing;
    },
    carry: async ([row], token, _stopping, tell) => {
      await counting.promise;
      if (row !== undefined) tell({ row, token, outcome: 'done', reach: undefined, reason: null });
    },
    settle: async (outcomes) => success(outcomes.length),
    release: async () => {},
    onSettled: () => {},
  };
  const loop = createDispatcher(outbox);
  const ended = signals.until('call', 'settled');
  await loop.start();
  await ended;
  // The flight has let go of the row when the turn that settled it is over.
  setImmediate(settled.resolve);
  await claimedAgain.promise;
  await loop.stop();
  assert.ok(claims >= 3);
});

interface Scene {
  readonly outbox: Dispatch<Claimed, string>;
  readonly orders: ClaimOrder[];
  /** Resolves with the order of the n-th claim, 1 = the first. */
  untilClaim(n: number): Promise<ClaimOrder>;
}

/** An outbox whose first claims bring one row each, to one place; outcomes are not written before `written` resolves. */
function slowlyWritten(reach: 'reached' | 'unreachable', rows: number, written: Promise<void>): Scene {
  const orders: ClaimOrder[] = [];
  let claimed = Promise.withResolvers<void>();
  const outbox: Dispatch<Claimed, string> = {
    ...{ db: database.db, clock: new ManualClock(START), log: createLog('silent') },
    ...{ signals: createTestSignals(), name: 'call', places: 8, budgetKey: (place) => place },
    findDue: async () => ['a'],
    claim: async (place, order) => {
      orders.push(order);
      claimed.resolve();
      claimed = Promise.withResolvers<void>();
      const leaseEnd = new Date(START.getTime() + 60_000);
      return orders.length > rows
        ? nothing
        : { ...nothing, rows: [{ id: String(orders.length), place, leaseEnd }] };
    },
    carry: async ([row], token, _stopping, tell) => {
      if (row !== undefined) tell({ row, token, outcome: 'done', reach, reason: null });
    },
    settle: async (outcomes) => {
      await written;
      return success(outcomes.length);
    },
    release: async () => {},
    onSettled: () => {},
  };
  async function untilClaim(n: number): Promise<ClaimOrder> {
    while (orders.length < n) await claimed.promise;
    const order = orders[n - 1];
    assert.ok(order !== undefined);
    return order;
  }
  return { outbox, orders, untilClaim };
}

test('what has ended takes no place while it waits to be written, and claims are told of it', async () => {
  const written = Promise.withResolvers<void>();
  const { outbox, orders, untilClaim } = slowlyWritten('reached', 3, written.promise);
  const loop = createDispatcher(outbox);
  await loop.start();
  const { ended } = await untilClaim(4);
  assert.deepEqual(
    ended,
    orders.slice(0, 3).map(({ token }, index) => ({ id: String(index + 1), token })),
  );
  written.resolve();
  await loop.stop();
});

test('no more is claimed when as much as may be under way waits to be written', async () => {
  const written = Promise.withResolvers<void>();
  const { outbox, orders, untilClaim } = slowlyWritten('reached', 20, written.promise);
  const loop = createDispatcher(outbox);
  await loop.start();
  await untilClaim(8);
  // Whoever waits for room is in the next turns of the process.
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  assert.equal(orders.length, 8);
  const more = untilClaim(9);
  written.resolve();
  await more;
  await loop.stop();
});
