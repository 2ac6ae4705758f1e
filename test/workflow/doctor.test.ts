import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { checkRuns, findStuckRuns, pauseWorkflow } from '../../src/workflow/index.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

/** The checks that found something, by name. */
async function faults(): Promise<Record<string, string>> {
  const found = await checkRuns(bench.db, bench.clock.now());
  assert.deepEqual(
    found.map(({ check }) => check),
    ['stuck runs', 'claims of runs', 'nodes of runs', 'held calls and messages'],
  );
  for (const { level, advice } of found) assert.equal(advice === undefined, level === 'ok');
  return Object.fromEntries(
    found.filter(({ level }) => level !== 'ok').map(({ check, text }) => [check, text]),
  );
}

/** Runs at a delay, at a call and at the start, and one that is over. */
async function fill(): Promise<{ rest: string; call: string }> {
  const rest = await bench.publish([
    { id: 'in', type: 'start', next: 'rest' },
    { id: 'rest', type: 'delay', for: 'PT1H' },
  ]);
  const call = await bench.publish({
    in: { type: 'start', next: 'ask' },
    ask: { type: 'api_call', url: 'http://127.0.0.1:1/' },
  });
  const profileId = await bench.addProfile();
  await bench.start(rest, { profileId });
  await bench.start(call, { profileId });
  await bench.start(await bench.publish([{ id: 'in', type: 'start' }]), { profileId });
  await bench.walk();
  await bench.start(rest, { profileId });
  const { rows } = await sql<{ id: string }>`select id from run order by id`.execute(bench.db);
  return { rest: rows[0]?.id ?? '', call: rows[1]?.id ?? '' };
}

test('sound runs are found sound', async () => {
  await fill();
  assert.deepEqual(await faults(), {});
});

test('a run that waits for nothing, for what is gone or for what is settled is stuck', async () => {
  const { rest, call } = await fill();
  await sql`update run set due_at = null where id = ${rest}::text`.execute(bench.db);
  assert.deepEqual(await findStuckRuns(bench.db, 10), [
    { id: rest, workflowId: 1, node: 'rest', cause: 'nothing' },
  ]);
  assert.deepEqual(await faults(), { 'stuck runs': `1 runs wait for nothing, such as ${rest} in node rest` });
  await sql`update run set due_at = now() where id = ${rest}::text`.execute(bench.db);
  await sql`update api_call set settled_at = now()`.execute(bench.db);
  assert.deepEqual(
    (await findStuckRuns(bench.db, 10)).map(({ cause }) => cause),
    ['effect_settled'],
  );
  await sql`delete from api_call`.execute(bench.db);
  assert.deepEqual(await faults(), {
    'stuck runs': `1 runs wait for a call or message that is not there, such as ${call} in node ask`,
  });
});

test('claims long over their lease are told, those of paused workflows are not', async () => {
  const { rest } = await fill();
  await sql`update run set claim_token = gen_random_uuid(), due_at = ${bench.clock.now()}::timestamptz
             where id = ${rest}::text`.execute(bench.db);
  bench.clock.advance(600_000);
  assert.deepEqual(await faults(), {});
  bench.clock.advance(1);
  const text = '1 runs were claimed and not taken up again for 10 minutes';
  assert.deepEqual(await faults(), { 'claims of runs': text });
  await pauseWorkflow(bench.db, bench.clock, 1);
  assert.deepEqual(await faults(), {});
});

test('runs in nodes that their version does not have are told, of both forms of a definition', async () => {
  await fill();
  await sql`update run set node = 'gone' where status in ('active', 'waiting') and workflow_id < 3`.execute(
    bench.db,
  );
  const of = (workflow: number) => `which version 1 of workflow ${workflow} does not have`;
  const text = `2 runs stand in node gone, ${of(1)}; 1 runs stand in node gone, ${of(2)}`;
  assert.deepEqual(await faults(), { 'nodes of runs': text });
});

test('what is held without a pause is told', async () => {
  await fill();
  await sql`update api_call set status = 'held', due_at = null`.execute(bench.db);
  const text = '1 calls and messages of workflow 2 are held, and it is not paused';
  assert.deepEqual(await faults(), { 'held calls and messages': text });
  await pauseWorkflow(bench.db, bench.clock, 2);
  assert.deepEqual(await faults(), {});
});
