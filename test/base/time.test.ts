import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, ManualClock, systemClock } from '../../src/base/index.ts';

test('pauses double up to a bound, less up to a fifth', () => {
  const longest = [1, 2, 3, 4, 5, 6, 100].map((attempt) => backoffMs(attempt, 200, 5_000, () => 0));
  assert.deepEqual(longest, [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  assert.equal(
    backoffMs(1, 200, 5_000, () => 1),
    160,
  );
});

test('a manual clock wakes those whose time has come', async () => {
  const clock = new ManualClock(new Date('2026-03-01T00:00:00Z'));
  const woken: string[] = [];
  const sleep = (name: string, ms: number, signal?: AbortSignal): Promise<number> =>
    clock.sleep(ms, signal).then(() => woken.push(name));
  const called = new AbortController();
  const sleepers = [sleep('late', 100), sleep('early', 50), sleep('called', 1_000, called.signal)];
  clock.advance(49);
  await Promise.resolve();
  assert.deepEqual(woken, []);
  clock.advance(1);
  await sleepers[1];
  assert.deepEqual(woken, ['early']);
  called.abort();
  await sleepers[2];
  clock.advance(500);
  await sleepers[0];
  assert.deepEqual(woken, ['early', 'called', 'late']);
  assert.equal(clock.now().toISOString(), '2026-03-01T00:00:00.550Z');
  await clock.sleep(1, AbortSignal.abort());
});

test('sleep of the real clock ends with its signal', async () => {
  await systemClock.sleep(60_000, AbortSignal.abort());
  const called = new AbortController();
  const sleeping = systemClock.sleep(60_000, called.signal);
  called.abort();
  await sleeping;
  await systemClock.sleep(0);
});
