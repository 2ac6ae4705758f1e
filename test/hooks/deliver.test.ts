import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { listBudgets } from '../../src/budgets/index.ts';
import { changeHook, reviveDeliveries, rotateSecret } from '../../src/hooks/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { type Answer, type Received, startSink, type TargetSink } from '../workflow/target-sink.ts';
import { createHookScene, eventOf, eventsOf, type HookScene, idsOf } from './hook-scene.ts';

let scene: HookScene;
let sink: TargetSink;
before(async () => {
  [scene, sink] = await Promise.all([createHookScene(), startSink()]);
});
beforeEach(async () => {
  sink.clear();
  await scene.clear();
});
after(async () => {
  await scene.drop();
  await sink.stop();
});

const HOUR_MS = 3_600_000;

function verify(secret: string, { body, headers }: Received): void {
  const signed = { ...headers };
  new Webhook(secret).verify(body, {
    'webhook-id': String(signed['webhook-id']),
    'webhook-timestamp': String(signed['webhook-timestamp']),
    'webhook-signature': String(signed['webhook-signature']),
  });
}

async function emitAndSend(count = 1): Promise<void> {
  await scene.emit(Array.from({ length: count }, () => eventOf('a')));
  await scene.cut();
  await scene.send();
}

/** Moves the clock to the next try of the one delivery that is queued; while its hook is left alone that is later. */
async function toNextTry(): Promise<number> {
  const due = (await scene.deliveries()).find(({ status }) => status === 'queued')?.due_at;
  assert.ok(due instanceof Date);
  const [budget] = await listBudgets(scene.db, scene.clock.now());
  const ms = Math.max(due.getTime(), budget?.retryAt?.getTime() ?? 0) - scene.clock.now().getTime();
  scene.clock.advance(ms);
  return ms;
}

test('a delivery is a signed POST of a JSON array, which the public library verifies', async () => {
  const { secret } = await scene.addHook(
    { url: `${sink.url}/in?a=b`, headerName: 'X-Key' },
    { headerValue: 'letmein' },
  );
  await emitAndSend(3);
  const [got, ...others] = sink.received;
  assert.ok(got !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual([got.method, got.url], ['POST', '/in?a=b']);
  assert.equal(got.headers['content-type'], 'application/json');
  assert.equal(got.headers['x-key'], 'letmein');
  verify(secret, got);
  assert.throws(() => verify(secret, { ...got, body: `${got.body} ` }));
  assert.throws(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, got));
  assert.deepEqual(idsOf(eventsOf(got.body)), idsOf(await scene.feed()));
  const [delivery] = await scene.deliveries();
  assert.deepEqual([delivery?.status, delivery?.attempts, delivery?.http_status], ['done', 1, 200]);
  assert.equal(delivery?.id, got.headers['webhook-id']);
});

test('during a rotation both secrets verify, after it only the new one', async () => {
  const { db, vault, clock } = scene;
  const { hook, secret: former } = await scene.addHook({ url: sink.url });
  const { secret } = await rotateSecret({ db, vault, clock }, hook.id, 1);
  assert.notEqual(secret, former);
  await emitAndSend();
  const [both] = sink.received;
  assert.ok(both !== undefined);
  verify(former, both);
  verify(secret, both);
  await changeHook({ db, vault, clock }, hook.id, (now) => ({
    ...now,
    secrets: { ...now.secrets, former: { secret: former, until: clock.now() } },
  }));
  await emitAndSend();
  const [, one] = sink.received;
  assert.ok(one !== undefined);
  verify(secret, one);
  assert.throws(() => verify(former, one));
  const { rows } = await sql<{ text: string }>`select h::text as text from hook h`.execute(db);
  assert.ok(!JSON.stringify(rows).includes(secret.slice(6)), 'secrets are sealed');
});

test('every try has the same id and bytes, with growing pauses and a signature of its own time', async () => {
  await scene.addHook({ url: sink.url });
  sink.answer = (count) => ({ status: count < 4 ? 500 : 204 });
  await emitAndSend();
  const pauses: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    pauses.push(await toNextTry());
    await scene.send();
  }
  assert.equal(sink.received.length, 4);
  const [first = 0, second = 0, third = 0] = pauses;
  assert.ok(first >= 4_000 && first <= 5_000, `${first}`);
  assert.ok(second >= 8_000 && second <= 10_000, `${second}`);
  assert.ok(third >= 16_000 && third <= 20_000, `${third}`);
  assert.equal(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  assert.equal(new Set(sink.received.map(({ body }) => body)).size, 1);
  assert.equal(new Set(sink.received.map(({ headers }) => headers['webhook-timestamp'])).size, 4);
  const [delivery] = await scene.deliveries();
  assert.deepEqual([delivery?.status, delivery?.attempts, delivery?.fault], ['done', 4, null]);
});

test('after a day of tries a delivery is parked, and can be sent again with the same id', async () => {
  const { hook } = await scene.addHook({ url: sink.url });
  sink.answer = () => ({ status: 503, body: 'down' });
  await emitAndSend();
  const begun = scene.clock.now().getTime();
  for (let n = 0; n < 100 && (await scene.deliveries())[0]?.status === 'queued'; n += 1) {
    assert.ok((await toNextTry()) <= HOUR_MS);
    await scene.send();
  }
  const [delivery] = await scene.deliveries();
  assert.deepEqual([delivery?.status, delivery?.fault], ['parked', 'the answer was HTTP 503']);
  // At the end of the day its hook may just be left alone: then the last try is the next one that is let through.
  const lateMs = scene.clock.now().getTime() - begun - 24 * HOUR_MS;
  assert.ok(lateMs >= 0 && lateMs <= 300_000, `${lateMs}`);
  const tries = sink.received.length;
  scene.clock.advance(HOUR_MS);
  await scene.send();
  assert.equal(sink.received.length, tries);
  sink.answer = () => ({ status: 200 });
  assert.equal(await reviveDeliveries(scene.db, hook.id, { status: 'parked' }, scene.clock.now()), 1);
  await scene.send();
  assert.equal(sink.received.length, tries + 1);
  assert.equal(new Set(sink.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
  assert.equal((await scene.deliveries())[0]?.status, 'done');
  assert.equal(
    await reviveDeliveries(scene.db, hook.id, { ids: [delivery?.id ?? ''] }, scene.clock.now()),
    1,
  );
  await scene.send();
  assert.equal(sink.received.length, tries + 2, 'one that is done as well');
});

const failures: [what: string, answer: Answer, fault: string][] = [
  ['a redirect', { status: 302, headers: { location: '/' } }, 'the answer was HTTP 302'],
  ['a refusal', { status: 400 }, 'the answer was HTTP 400'],
  [
    'a body without the pattern',
    { status: 200, body: '{"ok": false}' },
    'the answer does not match the success pattern',
  ],
  ['no body', { status: 200 }, 'the answer does not match the success pattern'],
];
for (const [what, answer, fault] of failures) {
  test(`is no success: ${what}`, async () => {
    await scene.addHook({ url: sink.url, successPattern: '"ok":\\s*true' });
    sink.answer = (count) => (count === 1 ? answer : { status: 201, body: '{"ok":  true}' });
    await emitAndSend();
    const [failed] = await scene.deliveries();
    assert.deepEqual([failed?.status, failed?.fault], ['queued', fault]);
    await toNextTry();
    await scene.send();
    assert.equal((await scene.deliveries())[0]?.status, 'done');
  });
}

test('a target may ask for a longer pause', async () => {
  await scene.addHook({ url: sink.url });
  sink.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
  await emitAndSend();
  assert.equal(await toNextTry(), 120_000);
});

test('a target that is gone switches its hook off, says why, and starts again by hand', async () => {
  const { db, vault, clock } = scene;
  const { hook } = await scene.addHook({ url: sink.url, batchSize: 1 });
  sink.answer = () => ({ status: 410 });
  await emitAndSend();
  const off = await changeHook({ db, vault, clock }, hook.id, (now) => now);
  assert.equal(off.isActive, false);
  assert.match(off.inactiveReason ?? '', /HTTP 410/);
  assert.equal((await scene.deliveries())[0]?.status, 'parked');
  await emitAndSend(2);
  assert.equal(sink.received.length, 1);
  sink.answer = () => ({ status: 200 });
  const on = await changeHook({ db, vault, clock }, hook.id, (now) => ({ ...now, isActive: true }));
  assert.deepEqual([on.isActive, on.inactiveReason], [true, null]);
  await scene.cut();
  await scene.send();
  assert.equal(sink.received.length, 3);
});

test('a dead and a slow target delay no other', async () => {
  const slow = Promise.withResolvers<Answer>();
  const hanging = await startSink();
  hanging.answer = () => slow.promise;
  const dead = await startSink();
  await dead.stop();
  await scene.addHook({ url: dead.url, batchSize: 1 });
  await scene.addHook({ url: hanging.url, batchSize: 1 });
  await scene.addHook({ url: sink.url, batchSize: 1 });
  await scene.emit(Array.from({ length: 12 }, () => eventOf('a')));
  await scene.cut();
  const { loop } = await scene.startDeliverer();
  while (sink.received.length < 12) {
    await sink.next();
  }
  assert.ok(hanging.received.length <= 4, 'a hook has few under way');
  slow.resolve({ status: 200 });
  await loop.stop();
  await hanging.stop();
  const byHook = Map.groupBy(await scene.deliveries(), ({ hook_id }) => hook_id);
  const statuses = [...byHook.values()].map((rows) => [...new Set(rows.map(({ status }) => status))].join());
  assert.equal(statuses[0], 'queued', 'the dead one is tried again');
  assert.equal(statuses[2], 'done');
});

test('a delivery whose worker died is sent again with the same id and bytes; its late outcome counts no more', async () => {
  await scene.addHook({ url: sink.url });
  await scene.emit([eventOf('a')]);
  await scene.cut();
  const signals = createTestSignals();
  const hold = signals.hold('hook.after-send');
  const stalled = await scene.startDeliverer({ signals });
  await hold.reached;
  await scene.send();
  assert.equal(sink.received.length, 1, 'its lease is not over');
  scene.clock.advance(300_000);
  sink.answer = () => ({ status: 500 });
  await scene.send();
  assert.equal(sink.received.length, 2);
  hold.release();
  await stalled.loop.stop();
  const [delivery] = await scene.deliveries();
  assert.deepEqual(
    [delivery?.status, delivery?.attempts],
    ['queued', 1],
    'the settle of the stalled one changed nothing',
  );
  assert.equal(new Set(sink.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size, 1);
});

test('outcomes that cannot be written are kept and written later', async () => {
  await scene.addHook({ url: sink.url });
  await scene.emit([eventOf('a')]);
  await scene.cut();
  await sql`alter table hook_delivery rename column answer to away`.execute(scene.db);
  const gate = Promise.withResolvers<Answer>();
  sink.answer = () => gate.promise;
  const { loop, signals } = await scene.startDeliverer();
  if (sink.received.length === 0) await sink.next();
  gate.resolve({ status: 200 });
  while (scene.faults.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(scene.faults, ['outcomes could not be written; they are kept until their lease is over']);
  assert.equal((await scene.deliveries())[0]?.status, 'queued');
  await sql`alter table hook_delivery rename column away to answer`.execute(scene.db);
  const settled = signals.until('hook', 'settled');
  scene.clock.advance(10_000);
  assert.equal(await settled, 1);
  assert.equal((await scene.deliveries())[0]?.status, 'done');
  await loop.stop();
  assert.equal(sink.received.length, 1);
});

test('what the hooks got is what the feed tells', async () => {
  await scene.addHook({ url: `${sink.url}/1`, batchSize: 7 });
  await scene.addHook({ url: `${sink.url}/2`, batchSize: 50, batchTimeoutSeconds: 60 });
  sink.answer = (count) => ({ status: count % 3 === 0 ? 500 : 200 });
  for (let round = 0; round < 5; round += 1) {
    await scene.emit(
      Array.from({ length: 33 }, (_, n) => eventOf(`type-${n % 4}`)),
      1 + (round % 2),
    );
    await scene.cut();
    await scene.send();
    scene.clock.advance(70_000);
  }
  for (let n = 0; n < 30; n += 1) {
    await scene.cut();
    await scene.send();
    scene.clock.advance(HOUR_MS / 4);
  }
  const fed = idsOf(await scene.feed()).sort();
  assert.equal(fed.length, 165);
  for (const path of ['/1', '/2']) {
    const got = sink.received.filter((one) => one.url === path).flatMap(({ body }) => idsOf(eventsOf(body)));
    assert.deepEqual([...new Set(got)].sort(), fed, path);
  }
  assert.ok((await scene.deliveries()).every(({ status }) => status === 'done'));
});
