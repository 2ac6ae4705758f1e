import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLog, ManualClock, success } from '../../src/base/index.ts';
import { type Claimed, createDispatcher, type Dispatch, type Turn } from '../../src/budgets/index.ts';
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
