import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Log, ManualClock, type Signals } from '../../src/base/index.ts';
import { type ClaimLoop, type ClaimLoopOptions, createClaimLoop } from '../../src/db/index.ts';

const IDLE_MS = 1_000;

/** A queue in memory whose every step a test can watch and hold. */
interface Bench {
  readonly loop: ClaimLoop;
  readonly clock: ManualClock;
  readonly queue: string[];
  /** What has happened, in order: `claim`, `work a`, `settled 1`, `idle`, `fault`. */
  readonly seen: string[];
  /** The pauses after faults, ms. */
  readonly pauses: number[];
}

type Steps = Partial<Pick<ClaimLoopOptions<string>, 'claim' | 'work' | 'concurrency'>>;

function createBench(queue: string[], steps: Steps = {}): Bench {
  const clock = new ManualClock(new Date('2026-03-01T00:00:00Z'));
  const seen: string[] = [];
  const pauses: number[] = [];
  const quiet = (): void => {};
  const log: Log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields: unknown) => {
      seen.push('fault');
      if (isObject(fields)) pauses.push(Number(fields['pauseMs']));
    },
  };
  const signals: Signals = {
    reach: quiet,
    report: (loop, event, rows) => {
      assert.equal(loop, 'bench');
      seen.push(event === 'idle' ? 'idle' : `settled ${rows}`);
    },
  };
  const claim = steps.claim ?? (async () => queue.shift());
  const work = steps.work ?? (async () => 1);
  const loop = createClaimLoop<string>({
    name: 'bench',
    concurrency: steps.concurrency ?? 1,
    idleMs: IDLE_MS,
    clock,
    log,
    signals,
    claim: () => {
      seen.push('claim');
      return claim();
    },
    work: (batch) => {
      seen.push(`work ${batch}`);
      return work(batch);
    },
  });
  return { loop, clock, queue, seen, pauses };
}

/** Lets everything run that waits for nothing but its turn: the loop then sleeps, or waits for the test. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** What was seen since the last look. */
function taken(seen: string[]): string[] {
  return seen.splice(0);
}

test('works until nothing is due, pauses, and looks again', async () => {
  const { loop, clock, queue, seen } = createBench(['a', 'b']);
  await loop.start();
  await settle();
  const twice = ['claim', 'work a', 'settled 1', 'claim', 'work b', 'settled 1', 'claim', 'idle'];
  assert.deepEqual(taken(seen), twice);
  clock.advance(IDLE_MS - 1);
  await settle();
  assert.deepEqual(taken(seen), []);
  queue.push('c');
  clock.advance(1);
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'work c', 'settled 1', 'claim', 'idle']);
  await loop.stop();
  assert.deepEqual(taken(seen), []);
});

test('a wake-up cuts the pause short', async () => {
  const { loop, queue, seen } = createBench([]);
  await loop.start();
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'idle']);
  queue.push('a');
  loop.wake();
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'work a', 'settled 1', 'claim', 'idle']);
  await loop.stop();
});

test('a wake-up during a claim that finds nothing is not lost', async () => {
  const claims: PromiseWithResolvers<string | undefined>[] = [];
  const claim = (): Promise<string | undefined> => {
    const held = Promise.withResolvers<string | undefined>();
    claims.push(held);
    return held.promise;
  };
  const { loop, seen } = createBench([], { claim });
  await loop.start();
  await settle();
  loop.wake();
  claims[0]?.resolve(undefined);
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'idle', 'claim'], 'no pause before the second claim');
  claims[1]?.resolve(undefined);
  await settle();
  assert.deepEqual(taken(seen), ['idle'], 'one wake-up is one more look');
  await loop.stop();
});

test('after a fault the loop pauses longer and longer, up to ten seconds, and a success forgets it', async () => {
  let isBroken = true;
  const claim = async (): Promise<string | undefined> => {
    if (isBroken) throw new Error('the database is away');
    return undefined;
  };
  const { loop, clock, seen, pauses } = createBench([], { claim });
  await loop.start();
  for (let fault = 1; fault <= 8; fault += 1) {
    await settle();
    assert.deepEqual(taken(seen), ['claim', 'fault']);
    const pause = pauses.at(-1) ?? 0;
    const full = Math.min(10_000, 200 * 2 ** (fault - 1));
    assert.ok(pause >= full * 0.8 && pause <= full, `fault ${fault}: ${pause} ms`);
    // What wakes a loop is new work; the fault is still there.
    loop.wake();
    clock.advance(pause - 1);
    await settle();
    assert.deepEqual(taken(seen), []);
    if (fault === 8) isBroken = false;
    clock.advance(1);
  }
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'idle']);
  isBroken = true;
  clock.advance(IDLE_MS);
  await settle();
  assert.ok((pauses.at(-1) ?? 0) <= 200);
  await loop.stop();
});

test('a fault in the work does not end the loop', async () => {
  const work = async (batch: string): Promise<number> => {
    if (batch === 'bad') throw new Error('no');
    return 3;
  };
  const { loop, clock, seen, pauses } = createBench(['bad', 'good'], { work });
  await loop.start();
  await settle();
  clock.advance(pauses[0] ?? 0);
  await settle();
  assert.deepEqual(seen, ['claim', 'work bad', 'fault', 'claim', 'work good', 'settled 3', 'claim', 'idle']);
  await loop.stop();
});

test('stop lets the work under way end and claims no more', async () => {
  const held = Promise.withResolvers<number>();
  const { loop, seen } = createBench(['a', 'b'], { work: () => held.promise });
  await loop.start();
  await settle();
  let isStopped = false;
  const stopping = loop.stop().then(() => {
    isStopped = true;
  });
  await settle();
  assert.equal(isStopped, false);
  held.resolve(7);
  await stopping;
  assert.deepEqual(seen, ['claim', 'work a', 'settled 7']);
});

test('stop ends a pause, whatever it was for, and may come twice or before the start', async () => {
  const idle = createBench([]);
  await idle.loop.start();
  await settle();
  await Promise.all([idle.loop.stop(), idle.loop.stop()]);

  const broken = createBench([], { claim: () => Promise.reject(new Error('no')) });
  await broken.loop.start();
  await settle();
  await broken.loop.stop();

  await createBench([]).loop.stop();
});

test('as many batches are worked on side by side as it was told', async () => {
  const held = Promise.withResolvers<number>();
  const { loop, seen } = createBench(['a', 'b', 'c'], { concurrency: 2, work: () => held.promise });
  await loop.start();
  await settle();
  assert.deepEqual(taken(seen), ['claim', 'claim', 'work a', 'work b']);
  held.resolve(1);
  await loop.stop();
  assert.deepEqual(taken(seen), ['settled 1', 'settled 1']);
});
