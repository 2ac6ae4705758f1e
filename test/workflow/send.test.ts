import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { createToken } from '../../src/accounts/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import type { MessageNews } from '../../src/messages/index.ts';
import type { Subscription } from '../../src/profiles/index.ts';
import { createRunContext } from '../../src/workflow/index.ts';
import { faultsOf } from './definition-faults.ts';
import { createSendScene, type SendScene } from './send-scene.ts';
import { countStatements } from './trigger-scene.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let scene: SendScene;
before(async () => {
  bench = await createBench();
});
beforeEach(async () => {
  await bench.clear();
  scene = await createSendScene(bench);
});
after(() => bench.drop());

function sending(own: JsonObject = {}): JsonObject[] {
  const keys = { channel: 'email', resource_id: scene.resourceId, template_id: 1 };
  return [
    { id: 'in', type: 'start', next: 'mail' },
    { id: 'mail', type: 'send', ...keys, next: 'sent', no_address: 'nobody', error: 'broken', ...own },
    ...['sent', 'nobody', 'broken'].map((id) => ({ id, type: 'end', reason: id })),
  ];
}

test('a message is queued with the run, which goes on when it is sent', async () => {
  const target = await bench.publish(sending());
  const profileId = await scene.addPerson({ email: 'own@x.ru' }, [{ email: 'sub@x.ru' }]);
  await bench.start(target, { profileId });
  const woken: string[] = [];
  await bench.walk({ wakeMessages: () => woken.push('messages') });
  assert.deepEqual(woken, ['messages']);
  assert.deepEqual(await bench.runs(), [{ node: 'mail', status: 'waiting', steps: 2, calling: true }]);
  const queued = { node: 'mail', channel: 'email', status: 'queued', on_unknown: 'repeat' };
  const by = { sender_id: 1, template_version: 3 };
  const to = { address: 'sub@x.ru', subscription_id: `${'a'.repeat(23)}0` };
  assert.deepEqual(await scene.messages(), [{ ...queued, ...by, ...to }]);
  await bench.walk();
  assert.equal((await bench.runs())[0]?.status, 'waiting', 'nothing was told yet');

  await scene.tell({ kind: 'sent' });
  await bench.walk();
  assert.deepEqual(
    (await bench.runs()).map(({ node, reason }) => [node, reason]),
    [['sent', 'sent']],
  );
  assert.deepEqual(await scene.trails(), [
    ['in | next', 'mail | waits | message #', 'mail | next | message # sent', 'sent | end | sent'],
  ]);
  assert.deepEqual(await scene.took(), ['workflow_start', 'workflow_end']);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'mail next': 1, 'sent end': 1 });
  await scene.tell({ kind: 'failed' });
  assert.equal((await bench.runs())[0]?.status, 'ended', 'a run that is over hears nothing');
});

const outcomes: [string, Pick<MessageNews, 'kind'> & Partial<MessageNews>, JsonObject, string, string][] = [
  [
    'no_address',
    { kind: 'no_address', reason: 'unsubscribed' },
    {},
    'nobody',
    'mail | no_address | message # no_address: unsubscribed',
  ],
  ['failed', { kind: 'failed', reason: '550 no' }, {}, 'broken', 'mail | error | message # failed: 550 no'],
  [
    'failed without an edge',
    { kind: 'failed', reason: '550 no' },
    { error: null },
    'sent',
    'mail | next | message # failed: 550 no',
  ],
  ['unknown', { kind: 'unknown' }, {}, 'sent', 'mail | next | message # unknown'],
];
for (const [name, news, own, end, step] of outcomes) {
  test(`a message that is ${name} sends its run on`, async () => {
    const nodes = sending(own).filter(({ id }) => own['error'] !== null || id !== 'broken');
    const target = await bench.publish(nodes);
    await bench.start(target, { profileId: await scene.addPerson({ email: 'own@x.ru' }) });
    await bench.walk();
    await scene.tell(news);
    await bench.walk();
    assert.equal((await bench.runs())[0]?.reason, end);
    assert.ok((await scene.trails())[0]?.includes(step), JSON.stringify(await scene.trails()));
  });
}

const open: Partial<Subscription> = { email: 'a@x.ru', priority: 1 };
/** fields, subscriptions, node, filter; then the address, or why there is none. */
const choices: [string, JsonObject, Partial<Subscription>[], JsonObject, JsonObject | null, string][] = [
  ['the highest priority', {}, [open, { email: 'b@x.ru', priority: 0 }], {}, null, 'b@x.ru'],
  [
    'no closed one',
    {},
    [
      { ...open, status: 'suspended' },
      { email: 'b@x.ru', priority: 9 },
    ],
    {},
    null,
    'b@x.ru',
  ],
  ['the own address where there is none', { email: 'own@x.ru' }, [], {}, null, 'own@x.ru'],
  [
    'nobody of another resource',
    {},
    [{ ...open, resource_id: 99 }],
    {},
    null,
    '! the profile has no address',
  ],
  [
    'no own address that was unsubscribed',
    { email: 'a@x.ru' },
    [{ ...open, status: 'unsubscribed' }],
    {},
    null,
    "! the subscription of the profile's own address is unsubscribed",
  ],
  [
    'only subscriptions',
    { email: 'own@x.ru' },
    [],
    { to: 'subscription' },
    null,
    '! the profile has no open subscription',
  ],
  ['only the profile', { email: 'own@x.ru' }, [open], { to: 'profile' }, null, 'own@x.ru'],
  [
    'the first phone',
    { phones: ['+79991234567', '+79991234568'] },
    [],
    { channel: 'sms', template_id: 2 },
    null,
    '+79991234567',
  ],
  ['the one that was asked for', {}, [{ email: 'b@x.ru' }, open], {}, { email: ' A@x.ru' }, 'a@x.ru'],
  [
    'nobody instead of it',
    {},
    [open],
    {},
    { email: 'c@x.ru' },
    '! the profile has no open subscription that fits subscription_filter',
  ],
  ['another where it need not be strict', {}, [open], {}, { email: 'c@x.ru', not_strict: true }, 'a@x.ru'],
  [
    'a push token by its provider',
    {},
    [
      { channel: 'push', provider: 'ios', subscription_id: 't1' },
      { channel: 'push', provider: 'web', subscription_id: 't1' },
    ],
    { channel: 'push', template_id: 3, sender_id: 3 },
    { provider: 'web', subscription_id: 't1' },
    '{"provider":"web","subscription_id":"t1"}',
  ],
];
for (const [name, fields, subscriptions, own, filter, expected] of choices) {
  test(`a message goes to ${name}`, async () => {
    await sql`insert into sender (name, channel, settings, created_at, updated_at)
      values ('p', 'push', '{}', now(), now())`.execute(bench.db);
    const target = await bench.publish(sending(own));
    const profileId = await scene.addPerson(fields, subscriptions);
    const context = { content: null, customData: null, subscriptionFilter: filter, now: bench.clock.now() };
    const contextId = filter === null ? null : await withTx(bench.db, (tx) => createRunContext(tx, context));
    await bench.start(target, { profileId, contextId });
    await bench.walk();
    const queued = (await scene.messages()).map(({ address }) => address);
    const why = (await scene.trails())[0]?.find((step) => step.startsWith('mail | no_address'));
    assert.deepEqual(
      [queued, why],
      expected.startsWith('!') ? [[], `mail | no_address | ${expected.slice(2)}`] : [[expected], undefined],
    );
  });
}

test('40 messages take as many statements as 2', async () => {
  const target = await bench.publish(sending());
  const statements: number[] = [];
  for (const count of [2, 40]) {
    const people: { profileId: string }[] = [];
    for (let n = 0; n < count; n += 1)
      people.push({ profileId: await scene.addPerson({ email: `p${n}@x.ru` }) });
    await bench.start(target, ...people);
    const counting = countStatements(bench.db);
    await bench.walk({ db: counting.db });
    statements.push(counting.count());
  }
  assert.equal(statements[0], statements[1]);
  assert.equal((await scene.messages()).length, 42);
});

test('a resource without a sender leads to the edge error', async () => {
  await sql`update resource set senders = '{}'`.execute(bench.db);
  const target = await bench.publish(sending());
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }) });
  await bench.walk();
  const why = `resource ${scene.resourceId} has no sender of the channel email`;
  assert.deepEqual(await scene.trails(), [['in | next', `mail | error | ${why}`, 'broken | end | broken']]);
  assert.deepEqual(await scene.messages(), []);
});

test('ids that lead nowhere are faults of the definition, a missing sender is none', async () => {
  await sql`update resource set senders = '{}'`.execute(bench.db);
  await sql`update template set database_id = null`.execute(bench.db);
  const path = 'nodes.mail';
  const cases: [JsonObject, string[]][] = [
    [{}, []],
    [{ resource_id: 99 }, [`${path}.resource_id: the database has no resource 99`]],
    [{ template_id: 99 }, [`${path}.template_id: there is no template 99`]],
    [{ template_id: 2 }, [`${path}.template_id: template 2 is of the channel sms`]],
    [{ sender_id: 99 }, [`${path}.sender_id: there is no sender 99`]],
    [{ sender_id: 2 }, [`${path}.sender_id: sender 2 is of the channel sms`]],
    [
      { channel: 'viber' },
      [
        `${path}.channel: resource 1 has no channel viber`,
        `${path}.template_id: template 1 is of the channel email`,
      ],
    ],
    [
      { to: 'profile', channel: 'push', template_id: 3 },
      [`${path}.to: a profile has no address of its own in the channel push`],
    ],
    [
      { no_address: 'mail' },
      [
        `${path}.no_address: runs would spin: no delay, api_call, send, wait_event lets them rest in the cycle mail → mail`,
      ],
    ],
    [{ next: 'mail' }, []],
  ];
  for (const [own, faults] of cases) {
    const told = await faultsOf(bench, { nodes: sending(own) });
    assert.deepEqual(
      told.filter((fault) => !fault.includes('no path leads here')),
      faults,
    );
  }
});

test('a message is taken back when its run is ended from outside', async () => {
  const target = await bench.publish(sending(), 'restart');
  const profileId = await scene.addPerson({ email: 'a@x.ru' });
  await bench.start(target, { profileId });
  await bench.walk();
  await bench.start(target, { profileId });
  assert.deepEqual(
    (await scene.messages()).map(({ status }) => status),
    ['cancelled'],
  );
  await bench.walk();
  assert.deepEqual(
    (await scene.messages()).map(({ status }) => status),
    ['cancelled', 'queued'],
  );
});

test('files that a run brings along are kept over a long rest', async () => {
  const [start, ...rest] = sending();
  const nodes = [
    { ...start, next: 'rest' },
    { id: 'rest', type: 'delay', for: 'P90D', next: 'mail' },
    ...rest,
  ];
  const target = await bench.publish(nodes);
  const { token } = await createToken(bench.db, bench.clock, {
    name: 't',
    rights: ['admin'],
    databaseIds: null,
  });
  const file = '00000000-0000-4000-8000-00000000000a';
  await sql`insert into file_content (id, hash, size, pieces, created_at) values (${file}::uuid, 'h', 1, 1, now())`.execute(
    bench.db,
  );
  await sql`insert into file (id, name, mimetype, content_id, token_id, created_at, used_at)
    values (${file}::uuid, 'a.pdf', 'x/y', ${file}::uuid, ${token.id}::int, now(), ${bench.clock.now()}::timestamptz)`.execute(
    bench.db,
  );
  const attach = [{ name: 'a.pdf', mimetype: 'x/y', size: 1, file }];
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }), attach });
  await bench.walk();
  const { rows } = await sql<{ days: number }>`
    select extract(day from used_at - ${bench.clock.now()}::timestamptz)::int as days from file`.execute(
    bench.db,
  );
  assert.deepEqual(rows, [{ days: 97 }]);
});
