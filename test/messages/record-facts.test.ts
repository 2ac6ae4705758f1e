import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { newObjectId, slotOf } from '../../src/base/index.ts';
import { type FactKind, recordFacts } from '../../src/messages/index.ts';
import { clearWrittenEvents } from '../support/written-events.ts';
import { createMessageBench, type MessageBench, START } from './message-bench.ts';

let bench: MessageBench;
before(async () => {
  bench = await createMessageBench();
});
after(() => bench.drop());
beforeEach(() => bench.clear());

/** A sent message to the profile, and a way to tell of it. */
async function sentTo(profileId: string, subscriptionId: string | null = null) {
  const own = { status: 'sent', due_at: null, sent_at: START.toISOString(), settled_at: START.toISOString() };
  const id = await bench.queue(profileId, { ...own, subscription_id: subscriptionId });
  const tell = (...kinds: FactKind[]): Promise<void> =>
    recordFacts(
      bench.db,
      bench.runs,
      kinds.map((kind) => ({ slot: slotOf(profileId), messageId: id, kind, at: START, data: { ip: '::1' } })),
      bench.clock.now(),
    );
  return { id, tell };
}

async function row(): Promise<unknown> {
  const { rows } =
    await sql`select opens, clicks, opened_at is not null as opened, clicked_at is not null as clicked,
    delivered_at is not null as delivered, bounce from message`.execute(bench.db);
  return rows[0];
}

test('openings and clicks are counted, and told once as unique; a click is an opening', async () => {
  const { tell } = await sentTo(await bench.addProfile());
  await tell('clicked');
  assert.deepEqual(await bench.eventTypes(), ['uopen', 'open', 'uclick', 'click']);
  assert.deepEqual(bench.toldKinds(), ['clicked']);
  await clearWrittenEvents(bench.db);
  await tell('opened', 'opened', 'clicked');
  assert.deepEqual(await bench.eventTypes(), ['open', 'open', 'click']);
  const counted = { opens: 2, clicks: 2, opened: true, clicked: true, delivered: false, bounce: null };
  assert.deepEqual(await row(), counted);
  assert.equal((await bench.events())[0]?.data['ip'], '::1');
});

test('a delivery is told once, however often it is reported', async () => {
  const { tell } = await sentTo(await bench.addProfile());
  await tell('delivered', 'delivered');
  await tell('delivered');
  assert.deepEqual(await bench.eventTypes(), ['deliv']);
});

for (const [kind, status, events] of [
  ['hard_bounce', 'hardbounced', ['hbounce']],
  ['complained', 'complained', []],
  ['unsubscribed', 'unsubscribed', ['unsub']],
] as const) {
  test(`${kind} changes the subscription concerned`, async () => {
    const id = newObjectId(START);
    const profile = await bench.addProfile({}, [{ id }, { email: 'b@x.ru' }]);
    const { tell } = await sentTo(profile, id);
    await tell(kind);
    const statuses = (await bench.profile(profile)).subscriptions.map((one) => one.status);
    assert.deepEqual(statuses, [status, 'subscribed']);
    assert.deepEqual(await bench.eventTypes(), [...events]);
    assert.equal(bench.changes[0]?.before?.subscriptions[0]?.status, 'subscribed');
    assert.equal(bench.changes[0]?.after.subscriptions[0]?.status, status);
  });

  test(`${kind} of the profile's own address makes a subscription that says so`, async () => {
    const profile = await bench.addProfile({ email: 'a@x.ru' });
    const { tell } = await sentTo(profile);
    await tell(kind);
    await tell(kind);
    const [made, ...more] = (await bench.profile(profile)).subscriptions;
    assert.deepEqual([made?.status, made?.email, more.length], [status, 'a@x.ru', 0]);
    await bench.queue(profile);
    await bench.send();
    assert.deepEqual(bench.sent, []);
  });
}

test('a soft bounce and an undelivered message change no subscription', async () => {
  const { tell } = await sentTo(await bench.addProfile({}, [{}]));
  await tell('soft_bounce');
  assert.deepEqual([await bench.eventTypes(), bench.changes], [['sbounce'], []]);
});

test('a bounce does not replace what the person has said', async () => {
  const id = newObjectId(START);
  const profile = await bench.addProfile({}, [{ id, status: 'unsubscribed' }]);
  const { tell } = await sentTo(profile, id);
  await tell('hard_bounce');
  assert.equal((await bench.profile(profile)).subscriptions[0]?.status, 'unsubscribed');
  assert.deepEqual(bench.changes, []);
});

test('unsubscribing from everything changes every subscription and the global status', async () => {
  const profile = await bench.addProfile({ _fname: 'Ann' }, [{}, { resource_id: 99, status: 'complained' }]);
  const { tell } = await sentTo(profile);
  await tell('unsubscribed_everywhere');
  const { fields, subscriptions } = await bench.profile(profile);
  assert.deepEqual(fields, { _fname: 'Ann', _status: 1 });
  assert.deepEqual(
    subscriptions.map(({ status }) => status),
    ['unsubscribed', 'complained'],
  );
});

test('facts of messages that are not there are passed over', async () => {
  const fact = { slot: 1, messageId: newObjectId(START), kind: 'opened', at: START, data: {} } as const;
  await recordFacts(bench.db, bench.runs, [fact], START);
  assert.deepEqual([await bench.events(), bench.news], [[], []]);
});
