import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type ClaimLoop, withTx } from '../../src/db/index.ts';
import type { StartTarget } from '../../src/workflow/index.ts';
import { lockDueRuns } from '../../src/workflow/sql/lock-due-runs.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const straight = [
  { id: 'in', type: 'start', next: 'out' },
  { id: 'out', type: 'end' },
];
const due = { node: 'in', status: 'active', steps: 0, due: at() };
const ended = { node: 'out', status: 'ended', steps: 2, ended: at() };

/** An engine that has walked a run of the workflow, so that it knows the version: it holds the next by their locks. */
async function warmEngine(target: StartTarget): Promise<ClaimLoop> {
  const engine = bench.engine();
  await bench.start(target, { profileId: await bench.addProfile() });
  const idle = bench.signals.until('engine', 'idle');
  await engine.start();
  await idle;
  assert.deepEqual(await bench.runs(), [ended]);
  await sql`truncate run, node_count`.execute(bench.db);
  return engine;
}

test('runs are held by their locks: nothing is written to claim them, and nobody else gets them', async () => {
  const target = await bench.publish(straight);
  const engine = await warmEngine(target);
  for (let n = 0; n < 3; n += 1) await bench.start(target, { profileId: await bench.addProfile() });
  const held = bench.signals.hold('engine.before-commit');
  const settled = bench.signals.until('engine', 'settled');
  engine.wake();
  await held.reached;
  assert.deepEqual(await bench.runs(), [due, due, due]);
  await withTx(bench.db, async (tx) => {
    const { workflowId } = target;
    const claim = { now: bench.clock.now(), leaseSeconds: 60, limit: 500 };
    assert.deepEqual(await lockDueRuns(tx, { workflowId, version: 1 }, claim), []);
    const { rows } = await sql`select current_setting('idle_in_transaction_session_timeout') as rest`.execute(
      tx,
    );
    assert.deepEqual(rows, [{ rest: '1min' }], 'a worker that stalls holds them no longer than a lease');
  });
  held.release();
  assert.equal(await settled, 3);
  await engine.stop();
  assert.deepEqual(await bench.runs(), [ended, ended, ended]);
  assert.deepEqual(await bench.counts(), { 'in next': 3, 'out end': 3 });
});

test('a held batch that PostgreSQL refuses is claimed and halved: the run at fault fails alone', async () => {
  const target = await bench.publish(straight);
  const engine = await warmEngine(target);
  await sql`alter table run add constraint no_bombs check (content ->> 'note' <> 'bomb' or status <> 'ended')`.execute(
    bench.db,
  );
  try {
    for (const note of ['a', 'bomb', 'c', 'd']) {
      await bench.start(target, { profileId: await bench.addProfile(), content: { note } });
    }
    const idle = bench.signals.until('engine', 'idle');
    engine.wake();
    await idle;
    const reason = 'its data cannot be stored (SQLSTATE 23514)';
    const failed = { node: 'in', status: 'failed', steps: 0, reason, ended: at() };
    assert.deepEqual(await bench.runs(), [ended, failed, ended, ended]);
    assert.deepEqual(bench.logged, ['a run failed: PostgreSQL refuses its data']);
    // From then on they are held again.
    await sql`truncate run, node_count`.execute(bench.db);
    await bench.start(target, { profileId: await bench.addProfile() });
    const held = bench.signals.hold('engine.before-commit');
    engine.wake();
    await held.reached;
    assert.deepEqual(await bench.runs(), [due]);
    held.release();
  } finally {
    await engine.stop();
    await sql`alter table run drop constraint no_bombs`.execute(bench.db);
  }
  assert.deepEqual(await bench.runs(), [ended]);
});

test('a fault keeps the runs back for a lease, and nothing of the batch is left', async () => {
  const target = await bench.publish(straight);
  const engine = await warmEngine(target);
  await sql`
    create function no_end() returns trigger language plpgsql as $$ begin raise exception 'no end'; end $$`.execute(
    bench.db,
  );
  await sql`create trigger no_end before update on run for each row when (new.status = 'ended')
              execute function no_end()`.execute(bench.db);
  try {
    await bench.start(target, { profileId: await bench.addProfile() });
    const first = bench.nextLogged();
    engine.wake();
    await first;
    assert.deepEqual([await bench.runs(), await bench.counts()], [[due], {}]);
    const second = bench.nextLogged();
    bench.clock.advance(1_000);
    await second;
    assert.deepEqual(await bench.runs(), [{ ...due, due: at(61_000), claimed: true }]);
  } finally {
    await engine.stop();
    await sql`drop function no_end() cascade`.execute(bench.db);
  }
});
