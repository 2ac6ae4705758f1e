import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import type { NewEvent } from '../../src/hooks/index.ts';
import { createRunContext } from '../../src/workflow/index.ts';
import { readWrittenEvents } from '../support/written-events.ts';
import { faultsOf } from './definition-faults.ts';
import { countWalk } from './trigger-scene.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(async () => {
  await bench.clear();
});
after(() => bench.drop());

/** What emit nodes have told. */
async function emitted(): Promise<NewEvent[]> {
  return (await readWrittenEvents(bench.db)).filter(({ type }) => !type.startsWith('workflow_'));
}

function emitting(own: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'tell' },
    { id: 'tell', type: 'emit', event: 'shop.coupon_given', ...own },
  ];
}

test('the event is told with data of the run, the profile’s address and the custom data of the request', async () => {
  const data = { code: '{apicontent.code}', list: ['{lead.city}', 1, null], at: { all: true } };
  const target = await bench.publish(emitting({ data }));
  const contextId = await createRunContext(bench.db, {
    ...{ content: { code: 'X1' }, customData: { order: 1 }, now: bench.clock.now() },
  });
  const profileId = await bench.addProfile({ email: 'a@x.ru', city: 'Oslo' });
  await bench.start(
    target,
    { profileId, contextId },
    { profileId, contextId, content: { code: 'X2' }, customData: { order: 2 } },
    { profileId: await bench.addProfile() },
  );
  await bench.walk();
  const told = await emitted();
  const event = {
    ...{ type: 'shop.coupon_given', profileId, email: 'a@x.ru', workflowId: target.workflowId },
    ...{ resourceId: null, subscription: null },
  };
  const filled = (code: string, city: string) => ({ code, list: [city, 1, null], at: { all: true } });
  assert.deepEqual(told, [
    { ...event, data: filled('X1', 'Oslo'), customData: { order: 1 } },
    { ...event, data: filled('X2', 'Oslo'), customData: { order: 2 } },
    { ...event, profileId: told[2]?.profileId, email: null, data: filled('', ''), customData: null },
  ]);
  assert.deepEqual(await bench.counts(), { 'in next': 3, 'tell next': 3 });
});

test('events are told in as many statements whatever the number of profiles', async () => {
  const nodes = [...emitting({ next: 'more' }), { id: 'more', type: 'emit', event: 'seen', data: {} }];
  const target = await bench.publish(nodes);
  assert.equal(await countWalk(bench, target, 20), await countWalk(bench, target, 1));
  const types = (await emitted()).map(({ type }) => type);
  assert.deepEqual(types.filter((type) => type === 'seen').length, 21);
  assert.deepEqual(types.filter((type) => type === 'shop.coupon_given').length, 21);
});

test('a profile that is gone tells nothing, and its run fails', async () => {
  const target = await bench.publish(emitting({}));
  await bench.start(target, { profileId: await bench.addProfile() });
  await sql`delete from profile`.execute(bench.db);
  await bench.walk();
  const reason = 'the profile does not exist any more';
  assert.deepEqual(await bench.runs(), [{ node: 'tell', status: 'failed', steps: 2, reason, ended: at() }]);
  assert.deepEqual(await emitted(), []);
});

test('publishing refuses names of Muster’s own and what is no name or data', async () => {
  const named =
    'nodes.tell.event: expected a name of small letters, digits, _ and ., at most 64, a letter first';
  const refused: [own: JsonObject, faults: string[]][] = [
    [{ event: 'profile_updated' }, ['nodes.tell.event: Muster has an event of this name']],
    [{ event: 'Coupon' }, [named]],
    [{ event: '1st' }, [named]],
    [{ event: 'a'.repeat(65) }, [named]],
    [{ event: null }, ['nodes.tell.event: expected a text']],
    [{ data: [] }, ['nodes.tell.data: expected an object']],
  ];
  for (const [own, faults] of refused) {
    assert.deepEqual(await faultsOf(bench, { nodes: emitting(own) }), faults);
  }
  const [fault] = await faultsOf(bench, { nodes: emitting({ data: { a: { b: '{lead.}' } } }) });
  assert.match(fault ?? '', /^nodes\.tell\.data\.a\.b: line 1, column 1/);
});
