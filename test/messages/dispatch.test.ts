import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { ManualClock, newObjectId } from '../../src/base/index.ts';
import type { ClaimLoop } from '../../src/db/index.ts';
import {
  accept,
  at,
  createMessageBench,
  LEASE_SECONDS,
  type MessageBench,
  START,
  TRY_MS,
} from './message-bench.ts';

let bench: MessageBench;
before(async () => {
  bench = await createMessageBench();
});
after(() => bench.drop());
beforeEach(() => bench.clear());

/** Reaches fail points, but its clock stands still, so it claims nothing more, and nobody hears of it. */
function stalledWorker(): ClaimLoop {
  const { reach } = bench.signals;
  return bench.dispatcher({ clock: new ManualClock(START), signals: { reach, report: () => {} } });
}

const LEASE_MS = LEASE_SECONDS * 1000 + TRY_MS;

test('a message is rendered with its profile and content, sent, settled and told', async () => {
  const profile = await bench.addProfile({ name: 'Ann', email: 'own@x.ru' });
  bench.content = { code: 'X1' };
  const id = await bench.queue(profile, { task_id: '00000000-0000-4000-8000-000000000001' });
  await bench.send();
  assert.deepEqual(await bench.message(), { status: 'sent', attempts: 1, settled: at(), sent: at() });
  const [{ content, address } = assert.fail('nothing was sent')] = bench.sent;
  assert.deepEqual([content.subject, content.text, address], ['Hello Ann', 'X1', 'a@x.ru']);
  assert.deepEqual(bench.toldKinds(), ['sent']);
  const [event] = await bench.events();
  assert.equal(event?.type, 'send');
  assert.equal(event.email, 'own@x.ru');
  assert.deepEqual(event.data, {
    ...{ message_id: id, resource_id: bench.resourceId, template_id: 1, workflow_id: 1, run_id: `run-${id}` },
    ...{ task_id: '00000000-0000-4000-8000-000000000001', node: 'mail', channel: 'email', reason: null },
  });
});

test('a temporary refusal is tried again with growing pauses, or when the server says, and ends at give_up_at', async () => {
  await bench.queue(await bench.addProfile(), { give_up_at: '2026-03-02T14:00:00Z' });
  bench.script = () => ({ kind: 'temporary', reason: '451 later', afterMs: 600_000, unreachable: false });
  await bench.send();
  const first = { status: 'queued', attempts: 1, reason: '451 later', due: at(600_000) };
  assert.deepEqual(await bench.message(), first);
  assert.deepEqual(bench.news, []);
  bench.clock.advance(3 * 3_600_000);
  await bench.send();
  const last = await bench.message();
  assert.equal(last.status, 'failed');
  assert.equal(last.reason, '451 later (2 tries)');
  assert.equal(last.bounce, 'soft');
  assert.deepEqual(bench.toldKinds(), ['failed: 451 later (2 tries)']);
  assert.deepEqual(await bench.eventTypes(), ['sbounce']);
});

test('a bad address makes the subscription hardbounced, or one for the address of the profile itself', async () => {
  const subscriptionId = newObjectId(START);
  const one = await bench.addProfile({}, [{ id: subscriptionId }]);
  const two = await bench.addProfile({ email: 'a@x.ru' });
  await bench.queue(one, { subscription_id: subscriptionId });
  await bench.queue(two);
  bench.script = () => ({ kind: 'permanent', reason: '550 no such user', badAddress: true });
  await bench.send();
  assert.deepEqual(
    (await bench.profile(one)).subscriptions.map(({ status }) => status),
    ['hardbounced'],
  );
  const [made] = (await bench.profile(two)).subscriptions;
  assert.equal(made?.status, 'hardbounced');
  assert.equal(made.email, 'a@x.ru');
  assert.equal(made.resource_id, bench.resourceId);
  assert.equal(bench.changes.length, 2);
  assert.deepEqual(await bench.eventTypes(), ['hbounce', 'hbounce']);
  bench.script = accept;
  await bench.queue(two);
  bench.sent.length = 0;
  await bench.send();
  assert.deepEqual(bench.sent, []);
});

test('a permanent refusal that is not of the address leaves the subscription alone', async () => {
  const profile = await bench.addProfile({}, [{}]);
  await bench.queue(profile);
  bench.script = () => ({ kind: 'permanent', reason: '554 spam', badAddress: false });
  await bench.send();
  assert.deepEqual(bench.changes, []);
  assert.deepEqual(await bench.eventTypes(), ['sbounce']);
});

for (const [policy, expected, told] of [
  ['repeat', 'sent', ['sent']],
  [
    'skip',
    'unknown',
    ['unknown: the worker died while it was sending; the server may have taken the message'],
  ],
  ['park', 'unknown', []],
] as const) {
  test(`a message whose worker died after the send: ${policy}`, async () => {
    await bench.queue(await bench.addProfile(), { on_unknown: policy });
    const hold = bench.signals.hold('message.after-send');
    const dead = stalledWorker();
    await dead.start();
    await hold.reached;
    bench.clock.advance(LEASE_MS + 1000);
    await bench.send();
    const settled = await bench.message();
    assert.equal(settled.status, expected);
    assert.equal(settled.settled === undefined, policy === 'park');
    assert.deepEqual(bench.toldKinds(), [...told]);
    assert.equal(bench.sent.length, policy === 'repeat' ? 2 : 1);
    // The stalled worker wakes: its token is gone, so it changes and tells nothing.
    hold.release();
    await dead.stop();
    assert.deepEqual(await bench.message(), settled);
    assert.deepEqual(bench.toldKinds(), [...told]);
  });
}

test('a message that was claimed and not sent when the worker died is due again after the lease', async () => {
  await bench.queue(await bench.addProfile());
  const hold = bench.signals.hold('message.claimed');
  const dead = stalledWorker();
  await dead.start();
  await hold.reached;
  await bench.send();
  assert.equal(bench.sent.length, 0);
  bench.clock.advance(LEASE_MS + 1000);
  await bench.send();
  assert.equal((await bench.message()).status, 'sent');
  hold.release();
  await dead.stop();
});

test('messages of paused workflows are held', async () => {
  await bench.queue(await bench.addProfile());
  bench.paused.push(1);
  await bench.send();
  assert.deepEqual(await bench.message(), { status: 'held', attempts: 0 });
  assert.deepEqual(bench.sent, []);
});

test('stopping gives back what is under way', async () => {
  await bench.queue(await bench.addProfile());
  const begun = Promise.withResolvers<void>();
  bench.script = (_outgoing, signal) => {
    begun.resolve();
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve({ kind: 'unknown', reason: 'cut off' })),
    );
  };
  const loop = bench.dispatcher();
  await loop.start();
  await begun.promise;
  const stopped = loop.stop();
  bench.clock.advance(5_000);
  await stopped;
  assert.deepEqual(await bench.message(), { status: 'queued', attempts: 0, due: at(5_000) });
});

test('a try of which nothing is heard ends by its limit', async () => {
  await bench.queue(await bench.addProfile(), { on_unknown: 'skip' });
  const begun = Promise.withResolvers<void>();
  bench.script = () => {
    begun.resolve();
    return new Promise(() => {});
  };
  const loop = bench.dispatcher();
  const settled = bench.signals.until('message', 'settled');
  await loop.start();
  await begun.promise;
  bench.clock.advance(TRY_MS);
  await settled;
  await loop.stop();
  assert.equal((await bench.message()).status, 'unknown');
  assert.match(bench.toldKinds().join(), /^unknown: nothing was heard/);
});

test('a template that is not there and a run that has ended fail that message alone', async () => {
  const profile = await bench.addProfile();
  await bench.queue(profile, { template_version: 9 });
  const ended = await bench.queue(profile);
  bench.ended.add(`run-${ended}`);
  await bench.queue(profile);
  await bench.send({
    loadTemplateVersion: async (_db, _id, version) => (version === 9 ? undefined : bench.template),
  });
  const found = (await bench.messages()).map(({ status, reason }) => `${status} ${reason}`);
  assert.deepEqual(found, [
    'failed there is no version 9 of template 1',
    'cancelled its run does not wait for it any more',
    'sent undefined',
  ]);
});

test('outcomes that cannot be written are kept and written again', async () => {
  await bench.queue(await bench.addProfile());
  let faults = 1;
  const { runs } = bench;
  const loop = bench.dispatcher({
    runs: {
      ...runs,
      tell: async (tx, news, now) => {
        faults -= 1;
        if (faults === 0) throw new Error('no connection');
        await runs.tell(tx, news, now);
      },
    },
  });
  const settled = bench.signals.until('message', 'settled');
  const logged = bench.nextLogged();
  await loop.start();
  await logged;
  bench.clock.advance(200);
  await settled;
  await loop.stop();
  assert.equal((await bench.message()).status, 'sent');
  assert.equal(bench.sent.length, 1);
});

test('two workers send each message once, whatever share and sender it is of', async () => {
  const profile = await bench.addProfile();
  await bench.addSender();
  for (let n = 0; n < 60; n += 1) await bench.queue(profile, { share: n % 16, sender_id: 1 + (n % 2) });
  const [left, right] = [bench.dispatcher({ concurrency: 8 }), bench.dispatcher({ concurrency: 8 })];
  let settled = 0;
  const all = Promise.withResolvers<void>();
  const { report } = bench.signals;
  bench.signals.report = (loop, event, rows) => {
    report(loop, event, rows);
    if (event === 'settled') settled += rows;
    if (settled >= 60) all.resolve();
  };
  await Promise.all([left.start(), right.start()]);
  await all.promise;
  await Promise.all([left.stop(), right.stop()]);
  assert.equal(bench.sent.length, 60);
  assert.equal(new Set(bench.sent.map(({ id }) => id)).size, 60);
});

test('a sender has no more claimed at once than its budget allows, and takes evenly from shares', async () => {
  const profile = await bench.addProfile();
  for (let n = 0; n < 40; n += 1) await bench.queue(profile, { share: n < 38 ? 1 : 2 });
  const loaded = { id: 1, updatedAt: START, limits: { concurrency: 4, perSecond: null } };
  const hold = bench.signals.hold('message.claimed');
  const loop = bench.dispatcher({ loadSender: async () => ({ ...loaded, open: () => bench.channel }) });
  await loop.start();
  await hold.reached;
  const { rows } = await sql<{ share: number; claimed: number }>`
    select share, count(*) as claimed from message where claim_token is not null group by 1 order by 1`.execute(
    bench.db,
  );
  assert.deepEqual(rows, [
    { share: 1, claimed: 2 },
    { share: 2, claimed: 2 },
  ]);
  hold.release();
  await loop.stop();
});
