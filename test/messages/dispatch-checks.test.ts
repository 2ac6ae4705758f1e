import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { newObjectId } from '../../src/base/index.ts';
import { addEntries, createSuppressionList } from '../../src/suppression/index.ts';
import { countStatements } from '../workflow/trigger-scene.ts';
import { createMessageBench, type MessageBench, START } from './message-bench.ts';

let bench: MessageBench;
before(async () => {
  bench = await createMessageBench();
});
after(() => bench.drop());
beforeEach(() => bench.clear());

async function outcome(): Promise<string> {
  await bench.send();
  const { status, reason } = await bench.message();
  return reason === undefined ? status : `${status}: ${reason}`;
}

for (const status of ['unsubscribed', 'complained', 'hardbounced', 'unconfirmed', 'suspended'] as const) {
  test(`nothing is sent to a subscription that is ${status} by now`, async () => {
    const id = newObjectId(START);
    await bench.queue(await bench.addProfile({}, [{ id, status }]), { subscription_id: id });
    assert.equal(await outcome(), `suppressed: the subscription is ${status}`);
    assert.deepEqual(bench.toldKinds(), [`no_address: the subscription is ${status}`]);
    assert.deepEqual([bench.sent, await bench.events()], [[], []]);
  });
}

test('nothing is sent to a subscription that is gone, a profile that is gone, an address that was erased', async () => {
  const profile = await bench.addProfile();
  await bench.queue(profile, { subscription_id: newObjectId(START) });
  await bench.queue(newObjectId(START));
  await bench.queue(profile, { address: null });
  await bench.send();
  assert.deepEqual(
    (await bench.messages()).map(({ status, reason }) => `${status}: ${reason}`),
    [
      'suppressed: the subscription is gone',
      'cancelled: the profile is gone',
      'suppressed: the address was erased',
    ],
  );
  assert.deepEqual(bench.sent, []);
});

test('the address of the profile itself is not written to when the resource has it in another status', async () => {
  await bench.queue(await bench.addProfile({ email: 'a@x.ru' }, [{ status: 'unsubscribed' }]));
  assert.equal(await outcome(), 'suppressed: a subscription with that address is unsubscribed');
});

test('a subscription of another resource or address says nothing of the address of the profile', async () => {
  const others = [
    { resource_id: 99, status: 'unsubscribed' },
    { email: 'b@x.ru', status: 'unsubscribed' },
  ] as const;
  await bench.queue(await bench.addProfile({ email: 'a@x.ru' }, others));
  assert.equal(await outcome(), 'sent');
});

test('suppressed addresses get nothing', async () => {
  const list = await createSuppressionList(bench.db, bench.clock, { name: 'stop', databaseIds: null });
  const values = { listId: list.id, kind: 'email', values: ['a@x.ru'], reason: null } as const;
  await addEntries(bench.db, bench.clock, (_kind, text) => text, values);
  await bench.queue(await bench.addProfile());
  assert.equal(await outcome(), 'suppressed: the address is in a suppression list');
});

for (const [status, expected] of [
  [0, 'sent'],
  [1, 'suppressed: the profile is unsubscribed'],
  [2, 'suppressed: the profile is complained'],
  [3, 'suppressed: the profile is hardbounced'],
  [4, 'sent'],
  [5, 'suppressed: the profile is suspended'],
  [6, 'suppressed: the profile is invalid'],
] as const) {
  test(`global status ${status}`, async () => {
    await bench.queue(await bench.addProfile({ _status: status }));
    assert.equal(await outcome(), expected);
  });
}

test('quiet hours put a message off without counting a try; a test message passes', async () => {
  await bench.clear({ quiet_hours: { from: '14:00', to: '16:00' } });
  // 12:00 UTC is 15:00 in Moscow and 12:00 where nobody said.
  const there = await bench.addProfile({ _tz: 'Europe/Moscow' });
  const ids = [
    await bench.queue(there),
    await bench.queue(there),
    await bench.queue(there, { is_test: true }),
  ];
  await bench.queue(await bench.addProfile());
  await bench.send();
  const [one, two, probe, elsewhere] = await bench.messages();
  assert.deepEqual([one?.status, one?.attempts, two?.status], ['queued', 0, 'queued']);
  assert.deepEqual([probe?.status, elsewhere?.status], ['sent', 'sent']);
  assert.notEqual(one?.due, two?.due);
  for (const due of [one?.due, two?.due]) assert.match(due ?? '', /^2026-03-02T13:0[01]:/);
  bench.clock.advance(3_720_000);
  await bench.send();
  assert.equal((await bench.messages()).find(({ id }) => id === ids[0])?.status, 'sent');
});

test('caps hold within a batch, count what was sent in their time, and let test messages pass', async () => {
  await bench.clear({ caps: { per_day: 2 } });
  const profile = await bench.addProfile();
  for (let n = 0; n < 3; n += 1) await bench.queue(profile);
  await bench.queue(profile, { is_test: true });
  await bench.queue(await bench.addProfile());
  await bench.send();
  const statuses = (await bench.messages()).map(({ status }) => status);
  assert.deepEqual(statuses, ['sent', 'sent', 'suppressed', 'sent', 'sent']);
  assert.ok(bench.toldKinds().includes('no_address: over the cap of 2 a day'));
  bench.clock.advance(23 * 3_600_000);
  await bench.queue(profile);
  await bench.send();
  assert.equal((await bench.messages()).at(-1)?.status, 'suppressed');
  bench.clock.advance(2 * 3_600_000);
  await bench.queue(profile);
  await bench.send();
  assert.equal((await bench.messages()).at(-1)?.status, 'sent');
});

test('a message that is refused does not use up the cap', async () => {
  await bench.clear({ caps: { per_day: 1 } });
  const profile = await bench.addProfile();
  await bench.queue(profile);
  bench.script = () => ({ kind: 'permanent', reason: '554', badAddress: false });
  await bench.send();
  await bench.queue(profile);
  bench.script = () => ({ kind: 'accepted', answer: '', providerId: null });
  await bench.send();
  assert.deepEqual(
    (await bench.messages()).map(({ status }) => status),
    ['failed', 'sent'],
  );
});

test('two workers at once do not overshoot a cap, nor fall short of it', async () => {
  await bench.clear({ caps: { per_hour: 3 } });
  const profiles = [await bench.addProfile(), await bench.addProfile()];
  for (let n = 0; n < 40; n += 1) await bench.queue(profiles[n % 2] ?? '', { share: n % 16 });
  const loops = [bench.dispatcher({ concurrency: 12 }), bench.dispatcher({ concurrency: 12 })];
  let settled = 0;
  const all = Promise.withResolvers<void>();
  const { report } = bench.signals;
  bench.signals.report = (loop, event, rows) => {
    report(loop, event, rows);
    if (event === 'settled') settled += rows;
    if (settled >= 40) all.resolve();
  };
  await Promise.all(loops.map((loop) => loop.start()));
  await all.promise;
  await Promise.all(loops.map((loop) => loop.stop()));
  const { rows } = await sql<{ sent: number }>`
    select count(*) filter (where status = 'sent') as sent from message group by profile_id`.execute(
    bench.db,
  );
  assert.deepEqual(rows, [{ sent: 3 }, { sent: 3 }]);
});

test('the number of statements does not grow with the batch', async () => {
  await bench.clear({ caps: { per_day: 5 } });
  const counts: number[] = [];
  for (const size of [2, 100]) {
    for (let n = 0; n < size; n += 1) await bench.queue(await bench.addProfile());
    const { db, count } = countStatements(bench.db);
    await bench.send({ db });
    counts.push(count());
  }
  assert.equal(bench.sent.length, 102);
  const [few = 0, many = 0] = counts;
  assert.ok(many <= few + 6, `${few} statements for 2 messages, ${many} for 100`);
});
