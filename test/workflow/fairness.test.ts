import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { newUuid } from '../../src/base/index.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

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

/** Many due runs of one task, as an import of them leaves them; they need no profiles of their own. */
async function addCrowd(workflowId: number, share: number, count: number): Promise<void> {
  const now = bench.clock.now();
  await sql`
    insert into run (slot, id, database_id, profile_id, workflow_id, version, node, status, due_at, steps, started_at,
                     depth, share)
    select (n % 64)::smallint, lpad(to_hex(n), 24, '0'), ${bench.databaseId}::int, lpad(to_hex(n), 24, '0'),
           ${workflowId}::int, 1, 'in', 'active', ${now}::timestamptz - interval '1 hour', 0, ${now}::timestamptz, 0,
           ${share}::smallint
      from generate_series(1, ${count}::int) as n`.execute(bench.db);
}

/** The batches of an engine until no run is due: how many runs of each workflow and share each has ended. */
async function batches(most: number): Promise<string[]> {
  const seen: string[] = [];
  let ended = new Map<string, number>();
  const engine = bench.engine();
  for (let batch = 0; batch < most; batch += 1) {
    const held = bench.signals.hold('engine.after-commit');
    if (batch === 0) await engine.start();
    await held.reached;
    const { rows } = await sql<{ key: string; n: number }>`
      select workflow_id || '/' || share as key, count(*) as n from run where status = 'ended'
       group by workflow_id, share order by 1`.execute(bench.db);
    const now = new Map(rows.map(({ key, n }) => [key, n]));
    seen.push(
      [...now]
        .flatMap(([key, n]) => (n === ended.get(key) ? [] : `${key}: ${n - (ended.get(key) ?? 0)}`))
        .join(', '),
    );
    ended = now;
    const next = batch + 1 < most;
    held.release();
    if (!next) await engine.stop();
  }
  return seen;
}

test('20,000 due runs of one task keep nobody waiting', async () => {
  const crowded = await bench.publish(straight);
  const other = await bench.publish(straight);
  await addCrowd(crowded.workflowId, 3, 20_000);
  const profileId = await bench.addProfile();
  await bench.start(crowded, { profileId, taskId: null });
  await bench.start(other, { profileId, taskId: null });
  const first = await batches(2);
  assert.deepEqual(first, ['1/0: 1, 1/3: 250', '2/0: 1']);
});

test('shares with due runs are served evenly, and a lone one gets whole batches', async () => {
  const target = await bench.publish(straight);
  await addCrowd(target.workflowId, 3, 1_500);
  await sql`update run set share = 5 where id < lpad(to_hex(301), 24, '0')`.execute(bench.db);
  assert.deepEqual(await batches(4), ['1/3: 250, 1/5: 250', '1/3: 250, 1/5: 50', '1/3: 500', '1/3: 200']);
});

test('runs of a small task go with those without a task, those of a large one have a share of their own', async () => {
  const target = await bench.publish(straight);
  const profileId = await bench.addProfile();
  const taskId = '7d6d8c1e-2f7a-4f43-9a3c-0c6b8f6a1b11';
  for (const taskSize of [1, 100, 101, 1_000_000]) await bench.start(target, { profileId, taskId, taskSize });
  await bench.start(target, { profileId, taskId: null, taskSize: 1_000 });
  const { rows } = await sql<{ share: number }>`select share from run order by id`.execute(bench.db);
  const [one, hundred, large, huge, none] = rows.map(({ share }) => share);
  assert.deepEqual([one, hundred, none], [0, 0, 0]);
  assert.ok(large !== undefined && large >= 1 && large <= 15);
  assert.equal(huge, large);
});

test('large tasks are dealt out over all the other shares', async () => {
  const target = await bench.publish(straight);
  const profileId = await bench.addProfile();
  for (let n = 0; n < 200; n += 1)
    await bench.start(target, { profileId, taskId: newUuid(), taskSize: 1_000 });
  const { rows } = await sql<{ n: number }>`
    select count(distinct share) as n from run where share between 1 and 15`.execute(bench.db);
  assert.deepEqual(rows, [{ n: 15 }]);
});
