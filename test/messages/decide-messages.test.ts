import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { MusterError, slotOf } from '../../src/base/index.ts';
import {
  cancelMessage,
  forgetMessages,
  getMessage,
  listMessages,
  purgeMessages,
  resolveMessage,
} from '../../src/messages/index.ts';
import { at, createMessageBench, type MessageBench, START } from './message-bench.ts';

let bench: MessageBench;
before(async () => {
  bench = await createMessageBench();
});
after(() => bench.drop());
beforeEach(() => bench.clear());

const parked = {
  status: 'unknown',
  due_at: null,
  sent_at: START.toISOString(),
  reason: 'lost',
  on_unknown: 'park',
};

const TASK = '01890000-0000-7000-8000-000000000001';

function isConflict(thrown: unknown): boolean {
  return thrown instanceof MusterError && thrown.code === 409;
}

test('a parked message that was sent, or is skipped, is settled once and lets its run go on', async () => {
  const profile = await bench.addProfile();
  const [one, two] = [await bench.queue(profile, parked), await bench.queue(profile, parked)];
  await resolveMessage(bench.db, bench.runs, one, 'sent', START);
  await resolveMessage(bench.db, bench.runs, two, 'skip', START);
  const found = (await bench.messages()).map(({ status, settled }) => [status, settled]);
  assert.deepEqual(found, [
    ['sent', at()],
    ['unknown', at()],
  ]);
  assert.deepEqual(bench.toldKinds(), ['sent', 'unknown: lost']);
  assert.deepEqual(await bench.eventTypes(), ['send']);
  await assert.rejects(resolveMessage(bench.db, bench.runs, one, 'skip', START), isConflict);
});

test('a parked message is sent once more with the same id', async () => {
  const id = await bench.queue(await bench.addProfile(), parked);
  await resolveMessage(bench.db, bench.runs, id, 'repeat', START);
  assert.deepEqual(bench.news, []);
  await bench.send();
  assert.deepEqual(
    bench.sent.map((outgoing) => outgoing.id),
    [id],
  );
  assert.equal((await bench.message()).status, 'sent');
});

test('a message is taken back that nobody has begun to send', async () => {
  const id = await bench.queue(await bench.addProfile());
  await cancelMessage(bench.db, bench.runs, id, START);
  await bench.send();
  assert.deepEqual(bench.sent, []);
  assert.deepEqual(bench.toldKinds(), ['no_address: cancelled by a person']);
  await assert.rejects(cancelMessage(bench.db, bench.runs, id, START), isConflict);
});

test('messages are listed from the latest on, page by page, by what is searched for', async () => {
  const [one, two] = [await bench.addProfile(), await bench.addProfile()];
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await bench.queue(n % 2 === 0 ? one : two));
  const lost = await bench.queue(one, { ...parked, workflow_id: 7 });
  const list = async (search: object) => {
    const page = await listMessages(bench.db, { databaseIds: [bench.databaseId], limit: 100, ...search });
    return page.messages.map(({ id }) => id);
  };
  assert.deepEqual(await list({}), [...ids, lost].reverse());
  const { messages, next } = await listMessages(bench.db, { databaseIds: null, limit: 2 });
  assert.deepEqual([messages.length, next], [2, ids[4]]);
  assert.deepEqual(await list({ before: next, limit: 2 }), [ids[3], ids[2]]);
  assert.deepEqual(await list({ profileId: two }), [ids[3], ids[1]]);
  assert.deepEqual(await list({ state: 'parked' }), [lost]);
  assert.deepEqual(await list({ state: 'unknown' }), []);
  assert.deepEqual(await list({ workflowId: 7, state: 'parked', runId: `run-${lost}` }), [lost]);
  assert.deepEqual(await list({ databaseIds: [99] }), []);
  const settled = { status: 'unknown', due_at: null, settled_at: START.toISOString() };
  const skipped = await bench.queue(two, { ...settled, sender_id: 2, template_id: 3, task_id: TASK });
  assert.deepEqual(await list({ state: 'unknown' }), [skipped]);
  assert.deepEqual(await list({ state: 'parked' }), [lost]);
  for (const search of [{ id: skipped }, { senderId: 2 }, { templateId: 3 }, { taskId: TASK }]) {
    assert.deepEqual(await list(search), [skipped], JSON.stringify(search));
  }
  assert.deepEqual(await list({ profileId: one, id: skipped }), []);
  assert.equal((await getMessage(bench.db, lost)).state, 'parked');
});

test('the messages of an erased profile are cancelled and keep no address', async () => {
  const [gone, stays] = [await bench.addProfile(), await bench.addProfile()];
  await bench.queue(gone);
  await bench.queue(gone, {
    status: 'sent',
    due_at: null,
    answer: '250 a@x.ru',
    settled_at: START.toISOString(),
  });
  await bench.queue(stays);
  await forgetMessages(bench.db, [{ slot: slotOf(gone), profileId: gone }], START);
  const { messages } = await listMessages(bench.db, { databaseIds: null, limit: 10 });
  const found = messages.map(({ state, address, answer, dueAt }) => [state, address, answer, dueAt === null]);
  assert.deepEqual(found, [
    ['queued', 'a@x.ru', null, false],
    ['sent', null, null, true],
    ['cancelled', null, null, true],
  ]);
});

test('only what was settled long ago is purged', async () => {
  const profile = await bench.addProfile();
  const settled = { status: 'sent', due_at: null };
  await bench.queue(profile, { ...settled, settled_at: '2026-01-01T00:00:00Z' });
  await bench.queue(profile, { ...settled, settled_at: START.toISOString() });
  await bench.queue(profile);
  assert.equal(await purgeMessages(bench.db, new Date('2026-02-01T00:00:00Z'), 10), 1);
  assert.equal((await bench.messages()).length, 2);
});
