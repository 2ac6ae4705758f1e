import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { getProfile, type Subscription } from '../../src/profiles/index.ts';
import { faultsOf } from './definition-faults.ts';
import { entered, subscription } from './trigger-scene.ts';
import { at, createBench, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const ended = { node: 'set', status: 'ended', steps: 2, ended: at() };
const letter = subscription({ id: '1'.repeat(24), priority: 2 });
const other = subscription({ id: '2'.repeat(24), email: 'b@x.ru', priority: 1, cats: ['red'] });
const text = subscription({ id: '3'.repeat(24), channel: 'sms', phone: '+79991234567' });
const { email: _none, ...sms } = text;
const news = subscription({ id: '4'.repeat(24), resource_id: 2 });

function setting(own: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'update_subscription', resource_id: 1, ...own },
  ];
}

async function subscriptionsOf(id: string): Promise<readonly Subscription[] | undefined> {
  return (await getProfile(bench.db, bench.databaseId, id))?.subscriptions;
}

/** What becomes of the subscriptions of a profile that goes through the node. */
async function change(
  own: JsonObject,
  before: readonly Subscription[],
  fields: JsonObject = {},
): Promise<readonly Subscription[] | undefined> {
  const target = await bench.publish(setting(own));
  const profileId = await bench.addProfile(fields, before);
  await bench.start(target, { profileId, content: { visits: 5 } });
  await bench.walk();
  assert.deepEqual(await bench.runs(), [ended]);
  return subscriptionsOf(profileId);
}

test('all subscriptions to the resource are changed, or those of a channel', async () => {
  const status = 'unsubscribed';
  assert.deepEqual(await change({ status }, [letter, other, sms, news]), [
    { ...letter, status },
    { ...other, status },
    { ...sms, status },
    news,
  ]);
  await bench.clear();
  assert.deepEqual(await change({ status, priority: 7, channel: 'sms' }, [letter, other, sms, news]), [
    letter,
    other,
    { ...sms, status, priority: 7 },
    news,
  ]);
});

test('of several, the first by priority may be meant', async () => {
  const before = [letter, other, { ...other, id: '5'.repeat(24), email: 'c@x.ru' }];
  const [, changed] = (await change({ which: 'first', status: 'suspended' }, before)) ?? [];
  assert.deepEqual(changed, { ...other, status: 'suspended' });
});

test('categories come and go, fields take functional updates and templates', async () => {
  const own = {
    cats: { add: ['blue'], remove: ['red'] },
    custom_fields: { visits: { action: 'incr', value: '{apicontent.visits}' } },
  };
  const before = [letter, { ...other, custom_fields: { visits: 2 } }];
  assert.deepEqual(await change(own, before), [
    { ...letter, cats: ['blue'], custom_fields: { visits: 5 } },
    { ...other, cats: ['blue'], custom_fields: { visits: 7 } },
  ]);
});

test('a subscription of the profile’s own address is added where none matches', async () => {
  const own = { channel: 'email', contact: 'profile', cats: { add: ['red'] } };
  const fields = { email: 'a@x.ru', phones: ['+79991234567', '+79991234568'] };
  const [added, ...rest] = (await change(own, [], fields)) ?? [];
  assert.deepEqual([{ ...added, id: '' }, rest], [{ ...letter, id: '', priority: 0, cats: ['red'] }, []]);
  const identities = await sql`select kind, value from identity order by kind`.execute(bench.db);
  assert.ok(identities.rows.some((row) => JSON.stringify(row) === '{"kind":3,"value":"a@x.ru"}'));
  await bench.clear();
  const phone =
    (await change({ channel: 'sms', contact: 'profile', status: 'unconfirmed' }, [], fields)) ?? [];
  assert.deepEqual(
    phone.map(({ id: _id, ...one }) => one),
    [{ resource_id: 1, channel: 'sms', phone: '+79991234567', status: 'unconfirmed', priority: 0 }],
  );
  await bench.clear();
  assert.deepEqual(await change(own, [other], fields), [{ ...other, cats: ['red'] }], 'one is there');
  await bench.clear();
  assert.deepEqual(await change(own, []), [], 'the profile has no address');
});

test('the change fires triggers, once for the batch; what changes nothing does not', async () => {
  const target = await bench.publish(setting({ status: 'unsubscribed' }));
  const trigger = { type: 'start', on: 'subscription_changed', event: 'unsubscribed', next: 'over' };
  await bench.publish([
    { id: 'gone', ...trigger },
    { id: 'over', type: 'delay', for: 'P1D' },
  ]);
  const profileId = await bench.addProfile({}, [letter, other]);
  const quiet = await bench.addProfile({}, [{ ...letter, status: 'unsubscribed' }]);
  bench.clock.advance(1_000);
  await bench.start(target, { profileId }, { profileId: quiet }, { profileId });
  await bench.walk();
  assert.deepEqual(await entered(bench), [`2 ${profileId} over`]);
  const { rows } = await sql`select id, updated_at from profile order by id`.execute(bench.db);
  assert.deepEqual(rows, [
    { id: profileId, updated_at: bench.clock.now() },
    { id: quiet, updated_at: START },
  ]);
});

test('runs of one profile see what the ones before have made; one that does not fit fails alone', async () => {
  const target = await bench.publish(
    setting({ custom_fields: { visits: { action: 'incr', value: '{apicontent.n}' } } }),
  );
  const profileId = await bench.addProfile({}, [letter]);
  await bench.start(target, ...[1, 'x', 2].map((n) => ({ profileId, content: { n } })));
  await bench.walk();
  const reason = 'set: subscriptions[0].custom_fields.visits: expected a whole number, got “x”';
  assert.deepEqual(await bench.runs(), [ended, { ...ended, status: 'failed', reason }, ended]);
  assert.deepEqual(await subscriptionsOf(profileId), [{ ...letter, custom_fields: { visits: 3 } }]);
});

const refused: [what: string, own: JsonObject, faults: string[]][] = [
  [
    'nothing to change',
    {},
    ['nodes.set.status: expected something to change: one of contact, status, priority, cats, custom_fields'],
  ],
  [
    'words and forms that it does not know',
    {
      channel: 'fax',
      which: 'best',
      status: 'gone',
      priority: -1,
      cats: { set: [], add: 'red' },
      contact: 'mine',
    },
    [
      'nodes.set.cats.add: expected a list of categories',
      'nodes.set.cats.set: expected `add` or `remove`',
      'nodes.set.channel: expected one of email, sms, push, notify, viber, whatsapp, telegram_bot',
      'nodes.set.contact: expected one of profile',
      'nodes.set.priority: expected a whole number from 0 to 1000000',
      'nodes.set.status: expected one of subscribed, unsubscribed, complained, hardbounced, unconfirmed, suspended, invalid',
      'nodes.set.which: expected one of all, first',
    ],
  ],
  [
    'an own contact in a channel that has none',
    { channel: 'push', contact: 'profile' },
    ['nodes.set.contact: needs the channel email or sms'],
  ],
  [
    'a resource that is not there',
    { resource_id: 77, status: 'subscribed' },
    ['nodes.set.resource_id: there is no resource 77, or the database is not tied to it'],
  ],
  [
    'a channel that the resource does not have',
    { channel: 'viber', status: 'subscribed' },
    ['nodes.set.channel: resource 1 does not have the channel viber'],
  ],
  [
    'a category that it does not have',
    { cats: { remove: ['green'] } },
    ['nodes.set.cats: resource 1 has no category "green"'],
  ],
  [
    'a field that it does not have',
    { custom_fields: { visits: '{lead.points}', colour: '{lead.city}' } },
    ['nodes.set.custom_fields.colour: resource 1 has no such subscription field'],
  ],
  [
    'a fixed value that its field does not take',
    { custom_fields: { visits: 'many' } },
    ['nodes.set.custom_fields.visits: expected a whole number, got “many”'],
  ],
  [
    'a field set to null',
    { custom_fields: { visits: null } },
    ['nodes.set.custom_fields.visits: expected a value: null changes nothing'],
  ],
];

for (const [what, own, faults] of refused) {
  test(`publishing refuses ${what}`, async () => {
    assert.deepEqual((await faultsOf(bench, { nodes: setting(own) })).sort(), faults.toSorted());
  });
}
