import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { listBudgets } from '../../src/budgets/index.ts';
import { accept, createMessageBench, type MessageBench } from './message-bench.ts';

let bench: MessageBench;
before(async () => {
  bench = await createMessageBench();
});
after(() => bench.drop());
beforeEach(async () => {
  await bench.clear();
  await sql`truncate budget`.execute(bench.db);
});

test('a sender that cannot be reached is left alone, then tried by one message, and opens again when that is taken', async () => {
  for (let n = 0; n < 8; n += 1) await bench.queue(await bench.addProfile());
  const changes: string[] = [];
  const onBreaker = (key: string, change: string): void => void changes.push(`${key} ${change}`);
  bench.script = () => ({
    kind: 'temporary',
    reason: 'connection refused',
    afterMs: 1_000,
    unreachable: true,
  });
  await bench.send({ onBreaker });
  assert.equal(bench.sent.length, 8);
  assert.deepEqual(changes, ['sender 1 opened']);
  const [open] = await listBudgets(bench.db, bench.clock.now());
  assert.deepEqual([open?.breaker, open?.reason], ['open', 'connection refused']);

  bench.clock.advance(4_000);
  await bench.send({ onBreaker });
  assert.equal(bench.sent.length, 8, 'nothing is tried while it is open');

  bench.clock.advance(60_000);
  await bench.send({ onBreaker });
  assert.equal(bench.sent.length, 9, 'one is let through, and fails');

  bench.clock.advance(60_000);
  bench.script = accept;
  await bench.send({ onBreaker });
  assert.deepEqual(changes, ['sender 1 opened', 'sender 1 closed']);
  for (let looks = 0; looks < 3; looks += 1) {
    bench.clock.advance(600_000);
    await bench.send({ onBreaker });
  }
  assert.deepEqual(new Set((await bench.messages()).map(({ status }) => status)), new Set(['sent']));
  assert.equal(bench.sent.length, 17, 'each is taken once');
});
