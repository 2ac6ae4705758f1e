import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { segmentsEntered } from '../../src/segments/index.ts';
import { createResumeWalks, type DispatcherDeps } from '../../src/workflow/index.ts';
import { readWrittenEvents } from '../support/written-events.ts';
import { jsonAnswer, startSink, type TargetSink } from './target-sink.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let sink: TargetSink;
before(async () => {
  bench = await createBench();
  sink = await startSink();
});
beforeEach(async () => {
  await bench.clear();
  sink.clear();
});
after(async () => {
  await sink.stop();
  await bench.drop();
});

const end = { id: 'out', type: 'end', reason: 'done' };

/** A call, and what follows it. */
function callThen(...nodes: JsonObject[]): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'call' },
    {
      ...{ id: 'call', type: 'api_call', url: `${sink.url}/`, save_as: 'answer', retries: 0 },
      ...{ next: 'then', error: 'lost' },
    },
    { id: 'lost', type: 'end', reason: 'lost' },
    ...nodes,
    end,
  ];
}

/** What a dispatcher is given that walks the runs itself. */
function walking(): Pick<DispatcherDeps, 'startWalk'> {
  return {
    startWalk: createResumeWalks({
      ...{ log: bench.log(), segmentsEntered, addRunCounts: bench.addRunCounts },
      wakeCalls: () => bench.wakes.push('calls'),
      wakeMessages: () => bench.wakes.push('messages'),
      observeLoops: (runs) => bench.wakes.push(`loops ${runs}`),
    }),
  };
}

const cases: Readonly<Record<string, () => JsonObject[]>> = {
  'to the end': () =>
    callThen({ id: 'then', type: 'condition', filter: { points: { $gt: 1 } }, yes: 'out', no: 'lost' }),
  'by what was answered, into a delay': () =>
    callThen(
      { id: 'then', type: 'content_filter', filter: { 'answer.n': { $gt: 2 } }, yes: 'rest', no: 'out' },
      { id: 'rest', type: 'delay', for: 'PT1H', next: 'out' },
    ),
  'into the next call': () =>
    callThen({
      ...{ id: 'then', type: 'api_call', url: `${sink.url}/{apicontent.answer.n}`, next: 'out' },
    }),
  'with an event of its own': () =>
    callThen({ id: 'then', type: 'emit', event: 'seen', data: { n: '{apicontent.answer.n}' }, next: 'out' }),
  'with a change of the profile': () =>
    callThen({ id: 'then', type: 'update_profile', fields: { points: 7 }, next: 'out' }),
};

/** All that is left behind, with the ids of profiles, runs and calls by their order. */
async function leftBehind(): Promise<unknown> {
  const { db } = bench;
  const { rows: runs } = await sql<{ id: string; profile_id: string }>`
    select id, profile_id, node, status, steps, reason, share, due_at, ended_at, resume, effect_id, saved, trail,
           claim_token from run order by id`.execute(db);
  const { rows: calls } = await sql<{ id: string; path: string }>`
    select id, run_id, node, request, status, due_at, attempts, http_status, fault, settled_at, claim_token
      from api_call order by (select r.id from run r where r.id = run_id), id`.execute(db);
  const events = await readWrittenEvents(db);
  const known = [...runs.flatMap(({ id, profile_id }) => [id, profile_id]), ...calls.map(({ id }) => id)];
  const named = (value: unknown): unknown =>
    JSON.parse(known.reduce((text, id, n) => text.replaceAll(id, `id ${n}`), JSON.stringify(value)));
  const told = events.map((event) => JSON.stringify(named(event))).sort();
  return {
    ...{ runs: named(runs), calls: named(calls), told },
    counts: await bench.counts(),
    moved: bench.takeDeltas(),
  };
}

for (const [what, nodes] of Object.entries(cases)) {
  test(`a settling walks runs as the engine does: ${what}`, async () => {
    const left: unknown[] = [];
    for (const own of [{}, walking()]) {
      await bench.clear();
      sink.clear();
      // One of them fails, and which one that is goes by the profile.
      sink.answer = (_count, { body }) => {
        // What follows has no body.
        const { n } = JSON.parse(body === '' ? '{}' : body);
        return n === 3 ? { status: 400 } : jsonAnswer({ n });
      };
      const [start, call, ...rest] = nodes();
      const target = await bench.publish(
        [start, { ...call, body: { n: '{lead.points}' } }, ...rest].flatMap((node) => node ?? []),
      );
      for (let n = 0; n < 6; n += 1) {
        await bench.start(target, { profileId: await bench.addProfile({ points: n, email: `p${n}@x.ru` }) });
      }
      await bench.walk();
      // Twice, for those that have a second call.
      for (let time = 0; time < 2; time += 1) {
        await bench.send(own);
        await bench.walk();
      }
      left.push(await leftBehind());
    }
    assert.deepEqual(left[1], left[0]);
  });
}

test('runs that a settling has walked are not left to the engine', async () => {
  const target = await bench.publish(callThen({ id: 'then', type: 'delay', for: 'PT1H', next: 'out' }));
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  sink.answer = () => jsonAnswer({ n: 1 });
  await bench.send(walking());
  const [run] = await bench.runs();
  assert.deepEqual(run, {
    ...{ node: 'then', status: 'waiting', steps: 3, due: at(3_600_000), resume: 'next' },
    saved: { answer: { n: 1 } },
  });
  assert.deepEqual(bench.wakes, ['calls']);
});

test('a call that is queued by the walk wakes the dispatcher, and goes out', async () => {
  const target = await bench.publish(cases['into the next call']?.() ?? []);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  bench.wakes.length = 0;
  sink.answer = () => jsonAnswer({ n: 1 });
  await bench.send(walking());
  assert.ok(bench.wakes.includes('calls'));
  await bench.send(walking());
  assert.deepEqual(
    (await bench.calls()).map(({ status }) => status),
    ['done', 'done'],
  );
  assert.equal((await bench.runs())[0]?.status, 'ended');
});

test('the runs of a paused workflow go no further than their call', async () => {
  const target = await bench.publish(callThen({ id: 'then', type: 'delay', for: 'PT1H', next: 'out' }));
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  sink.answer = async () => {
    await bench.pause(target.workflowId);
    return jsonAnswer({ n: 1 });
  };
  await bench.send(walking());
  const [run] = await bench.runs();
  assert.deepEqual([run?.node, run?.resume, run?.due], ['call', 'next', at()]);
  assert.equal((await bench.calls())[0]?.status, 'done');
  assert.ok(bench.wakes.includes('engine'));
});

test('a run that was ended while its call was under way is left as it is', async () => {
  const target = await bench.publish(callThen({ id: 'then', type: 'delay', for: 'PT1H', next: 'out' }));
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  sink.answer = async () => {
    await sql`update run set status = 'ended', effect_id = null, ended_at = ${bench.clock.now()}`.execute(
      bench.db,
    );
    return jsonAnswer({ n: 1 });
  };
  await bench.send(walking());
  const [run] = await bench.runs();
  assert.deepEqual([run?.node, run?.status, run?.steps], ['call', 'ended', 2]);
  assert.equal((await bench.calls())[0]?.status, 'done');
});

test('a walk that meets a fault keeps no outcome back', async () => {
  const target = await bench.publish(callThen({ id: 'then', type: 'delay', for: 'PT1H', next: 'out' }));
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  bench.takeDeltas();
  sink.answer = () => jsonAnswer({ n: 1 });
  const { startWalk } = walking();
  assert.ok(startWalk !== undefined);
  await bench.send({
    startWalk: () => ({ ...startWalk(), walk: async () => assert.fail('it cannot walk') }),
  });
  const [run] = await bench.runs();
  assert.deepEqual([run?.node, run?.resume, run?.saved], ['call', 'next', { answer: { n: 1 } }]);
  assert.equal((await bench.calls())[0]?.status, 'done');
  assert.deepEqual(bench.logged, ['the runs of calls could not be walked at once']);
  assert.ok(bench.wakes.includes('engine'));
});
