import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObjectId, type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import {
  isFoundBy,
  kinds,
  type Lookup,
  lookupIdentity,
  type ProfileState,
  parseSubscriptions,
  type Resource,
  type Subscription,
  subscriptionFieldTexts,
} from '../../src/profiles/index.ts';
import { MADE_AT, makeShape, NOTHING, patched, patchState } from './made-shape.ts';

const common = { name: 'r', databaseIds: [1], senders: {}, policy: {}, createdAt: MADE_AT };
const news: Resource = {
  ...common,
  id: 7,
  channels: ['email', 'sms', 'push', 'telegram_bot'],
  categories: ['Sale', 'News'],
  fields: [
    { name: 'code', type: 'string', options: null, match: true },
    { name: 'visits', type: 'int', options: null, match: true },
    { name: 'labels', type: 'tags', options: null, match: false },
    { name: 'about', type: 'object', options: null, match: false },
  ],
};
const chats: Resource = {
  ...common,
  ...{ id: 8, channels: ['email', 'viber', 'whatsapp', 'notify'], categories: [], fields: [] },
};
const shape = makeShape([], [news, chats]);

function withoutIds(subscriptions: readonly Subscription[]): JsonValue {
  return subscriptions.map(({ id, ...rest }) => {
    assert.ok(isObjectId(id));
    return rest;
  });
}

const EMAIL = { resource_id: 7, channel: 'email', email: 'a@x.ru', status: 'subscribed', priority: 0 };
const SMS = { resource_id: 7, channel: 'sms', phone: '+79860000001', status: 'subscribed', priority: 0 };
const PUSH = {
  ...{
    resource_id: 7,
    channel: 'push',
    provider: 'Chrome',
    subscription_id: 't',
    status: 'subscribed',
    priority: 0,
  },
};
const CHAT = {
  resource_id: 7,
  channel: 'telegram_bot',
  cc_data: { id: 5 },
  status: 'subscribed',
  priority: 0,
};
const viber = (channel: string): JsonObject => ({
  ...{ resource_id: 8, channel, cc_data: { phone: '+79860000001' }, status: 'subscribed', priority: 0 },
});

/** What is sent, and what is stored of it besides its id. */
const taken: readonly (readonly [sent: JsonObject, stored: JsonObject])[] = [
  [{ resource_id: 7, email: ' A@x.ru ' }, EMAIL],
  [{ resource_id: '7', channel: 'email', email: 'a@x.ru' }, EMAIL],
  [{ resource_id: 7, channel: 'email', email_data: { email: 'A@x.ru', domain: 'x.ru' } }, EMAIL],
  [{ resource_id: 7, email_data: { email: 'a@x.ru' }, channel: null }, EMAIL],
  [{ resource_id: 7, phone: 79860000001 }, SMS],
  [{ resource_id: 7, channel: 'sms', phone: '8 (986) 000-00-01' }, SMS],
  [{ resource_id: 7, phone_data: { phone: '89860000001' } }, SMS],
  [{ resource_id: 7, provider: 'Chrome', subscription_id: ' t ' }, PUSH],
  [{ resource_id: 7, channel: 'push', provider: 'Chrome', subscription_id: 't' }, PUSH],
  [{ resource_id: 7, cc_data: { id: 5 } }, CHAT],
  [{ resource_id: 7, channel: 'telegram_bot', cc_data: { id: 5 } }, CHAT],
  [{ resource_id: 8, channel: 'viber', cc_data: { phone: '89860000001' } }, viber('viber')],
  [{ resource_id: 8, channel: 'whatsapp', cc_data: { phone: 79860000001 } }, viber('whatsapp')],
  [{ resource_id: 8, channel: 'notify', cc_data: { phone: '+79860000001' } }, viber('notify')],
  [
    { ...EMAIL, status: 'unsubscribed' },
    { ...EMAIL, status: 'unsubscribed' },
  ],
  [{ ...EMAIL, status: 0 }, EMAIL],
  [
    { ...EMAIL, status: '6' },
    { ...EMAIL, status: 'invalid' },
  ],
  ...[
    'subscribed',
    'unsubscribed',
    'complained',
    'hardbounced',
    'unconfirmed',
    'suspended',
    'invalid',
  ].flatMap((status, number) =>
    [status, number, String(number)].map(
      (sent) =>
        [
          { ...EMAIL, status: sent },
          { ...EMAIL, status },
        ] as const,
    ),
  ),
  ...[-1, '-1', null].map((none) => [{ ...EMAIL, status: none, priority: none }, EMAIL] as const),
  [
    { ...EMAIL, priority: 5 },
    { ...EMAIL, priority: 5 },
  ],
  [
    { ...EMAIL, priority: '7' },
    { ...EMAIL, priority: 7 },
  ],
  [
    { ...EMAIL, cats: ['News', 'News', 'Sale'] },
    { ...EMAIL, cats: ['News', 'Sale'] },
  ],
  [
    { ...EMAIL, cats: [] },
    { ...EMAIL, cats: [] },
  ],
  [{ ...EMAIL, cats: null, custom_fields: null, date: null, ip: null, url: null }, EMAIL],
  [
    { ...EMAIL, custom_fields: { code: 5, visits: '3', _os: 'Linux', _ad_track: true, labels: 'b,a' } },
    {
      ...EMAIL,
      custom_fields: { code: '5', visits: 3, _os: 'Linux', _ad_track: 'true', labels: ['a', 'b'] },
    },
  ],
  [{ ...EMAIL, custom_fields: {} }, EMAIL],
  [
    { ...EMAIL, date: '2026-01-31T09:30:00+03:00', ip: '1.2.3.4', url: 'https://x.ru' },
    { ...EMAIL, date: '2026-01-31T06:30:00.000Z', ip: '1.2.3.4', url: 'https://x.ru' },
  ],
  [{ ...EMAIL, hash_id: '1', is_delete: false, nonsense: {} }, EMAIL],
];

test('every channel and form of a contact is taken', () => {
  for (const [sent, stored] of taken) {
    const { subscriptions } = patched(shape, NOTHING, {}, [sent]);
    assert.deepEqual(withoutIds(subscriptions), [stored], JSON.stringify(sent));
  }
});

const statuses = 'subscribed, unsubscribed, complained, hardbounced, unconfirmed, suspended, invalid';
const someChannel = 'channel: expected one of email, sms, push, notify, viber, whatsapp, telegram_bot';
const noEmail = 'email: expected an e-mail address';
const noPhone = 'phone: expected a phone number such as +79991234567';
const noStatus = `status: expected one of ${statuses}, or its number from 0 to 6`;
const noPriority = 'priority: expected a whole number from 0, the highest, to 1000000';
const noAddress = 'cc_data: expected an object with the address in the channel, such as {"id": 1}';

const invalid: readonly (readonly [sent: JsonValue, text: string])[] = [
  [{ email: 'a@x.ru' }, 'resource_id: expected the number of a resource'],
  [{ resource_id: 'x', email: 'a@x.ru' }, 'resource_id: expected the number of a resource'],
  [
    { resource_id: 9, email: 'a@x.ru' },
    'resource_id: there is no resource 9, or database 1 is not tied to it',
  ],
  [{ resource_id: 7 }, someChannel],
  [{ resource_id: 7, provider: 'Chrome' }, someChannel],
  [{ resource_id: 7, channel: 'fax', email: 'a@x.ru' }, someChannel],
  [{ resource_id: 7, channel: 'constructor', email: 'a@x.ru' }, someChannel],
  // Three channels have such contacts.
  [{ resource_id: 8, cc_data: { phone: '+79860000001' } }, someChannel],
  [{ resource_id: 8, phone: '+79860000001' }, 'channel: resource 8 does not have the channel sms'],
  [
    { resource_id: 7, channel: 'viber', cc_data: { id: 1 } },
    'channel: resource 7 does not have the channel viber',
  ],
  [{ resource_id: 7, channel: 'email' }, noEmail],
  [{ resource_id: 7, channel: 'email', phone: '+79860000001' }, noEmail],
  [{ resource_id: 7, email: 'nobody' }, noEmail],
  [{ resource_id: 7, email: ['a@x.ru'] }, someChannel],
  [{ resource_id: 7, phone: '12' }, noPhone],
  [
    { resource_id: 7, channel: 'push', subscription_id: 't' },
    'provider: expected the name of a push provider',
  ],
  [{ resource_id: 7, subscription_id: 't' }, 'provider: expected the name of a push provider'],
  [
    { resource_id: 7, channel: 'push', provider: 'p' },
    'subscription_id: expected the token of a device or browser',
  ],
  [
    { resource_id: 7, provider: 'p', subscription_id: 't'.repeat(4_097) },
    'subscription_id: longer than 4096 characters',
  ],
  [
    { resource_id: 7, provider: 'p', subscription_id: 'a\u0000' },
    'subscription_id: holds the character NUL (\\u0000), which cannot be stored',
  ],
  [{ resource_id: 7, channel: 'telegram_bot' }, noAddress],
  [{ resource_id: 7, cc_data: {} }, noAddress],
  [{ resource_id: 7, channel: 'telegram_bot', cc_data: 'x' }, noAddress],
  [{ resource_id: 7, cc_data: { id: {} } }, 'cc_data.id: expected a short text or a whole number'],
  [{ resource_id: 7, cc_data: { id: 1.5 } }, 'cc_data.id: expected a short text or a whole number'],
  [{ resource_id: 7, cc_data: { id: ' ' } }, 'cc_data.id: expected a short text or a whole number'],
  [{ resource_id: 8, channel: 'viber', cc_data: { phone: '1' } }, `cc_data.${noPhone}`],
  [{ ...EMAIL, status: 7 }, noStatus],
  [{ ...EMAIL, status: -2 }, noStatus],
  [{ ...EMAIL, status: 0.5 }, noStatus],
  [{ ...EMAIL, status: 'Subscribed' }, noStatus],
  [{ ...EMAIL, status: true }, noStatus],
  [{ ...EMAIL, priority: -2 }, noPriority],
  [{ ...EMAIL, priority: 1.5 }, noPriority],
  [{ ...EMAIL, priority: 1_000_001 }, noPriority],
  [{ ...EMAIL, cats: 'News' }, 'cats: expected a list of categories'],
  [{ ...EMAIL, cats: ['News', 'sale'] }, 'cats: resource 7 has no category "sale"'],
  [{ ...EMAIL, cats: [{ name: 'News' }] }, 'cats: resource 7 has no category {"name":"News"}'],
  [{ ...EMAIL, custom_fields: [] }, 'custom_fields: expected an object'],
  [{ ...EMAIL, custom_fields: { nope: 1 } }, 'custom_fields.nope: resource 7 has no such subscription field'],
  [
    { ...EMAIL, custom_fields: parseJson('{"__proto__":{"code":"x"}}') },
    'custom_fields.__proto__: resource 7 has no such subscription field',
  ],
  [{ ...EMAIL, custom_fields: { visits: 'x' } }, 'custom_fields.visits: expected a whole number, got “x”'],
  [
    { ...EMAIL, custom_fields: { code: { action: 'incr', value: 1 } } },
    'custom_fields.code: the action incr does not fit a field of the type string',
  ],
  [{ ...EMAIL, date: 'soon' }, 'date: expected a date and time'],
  [{ ...EMAIL, ip: 5 }, 'ip: expected a text of at most 2048 characters'],
  [{ ...EMAIL, url: '\ud800' }, 'url: expected a text of at most 2048 characters'],
];

test('each fault of a subscription is told, and fails its item or is left out and listed', () => {
  for (const [sent, text] of invalid) {
    const alone = parseSubscriptions(shape, [EMAIL, sent], false);
    assert.deepEqual(
      alone,
      { ok: false, error: { code: 400, text: `subscriptions[1].${text}`, field: 'subscriptions' } },
      JSON.stringify(sent),
    );
  }
  const all = parseSubscriptions(shape, [EMAIL, ...invalid.slice(0, 90).map(([sent]) => sent), SMS], true);
  assert.ok(all.ok);
  assert.deepEqual(
    all.value.skipped,
    invalid.map(([, text], index) => ({ index: index + 1, error_text: text })),
  );
  assert.equal(all.value.patches.length, 2);
  const none = parseSubscriptions(shape, ['x', null], true);
  assert.deepEqual(none.ok && none.value.skipped.length, 2);
});

test('a key of any name in cc_data is an address as the others are', () => {
  const { subscriptions } = patched(
    shape,
    NOTHING,
    {},
    { resource_id: 7, cc_data: parseJson('{"__proto__":"x"}') },
  );
  assert.equal(JSON.stringify(subscriptions[0]?.cc_data), '{"__proto__":"x"}');
});

function onlyOne({ subscriptions }: ProfileState): Subscription {
  const [one, ...others] = subscriptions;
  assert.ok(one !== undefined && others.length === 0, JSON.stringify(subscriptions));
  return one;
}

test('a known contact keeps what is not sent', () => {
  const first = patched(
    shape,
    NOTHING,
    {},
    {
      ...{
        ...EMAIL,
        status: 'unsubscribed',
        priority: 4,
        cats: ['Sale'],
        custom_fields: { code: 'a', visits: 1 },
      },
      ...{ date: '2026-01-31', ip: '1.2.3.4', url: 'u' },
    },
  );
  const before = onlyOne(first);
  for (const same of [
    { resource_id: 7, email: 'A@X.ru' },
    { ...EMAIL, status: -1, priority: -1 },
    { ...EMAIL, status: 1, priority: '4', cats: ['Sale'], custom_fields: { visits: '1' } },
  ]) {
    assert.equal(patched(shape, first, {}, same), first, JSON.stringify(same));
  }
  const changed = onlyOne(
    patched(
      shape,
      first,
      {},
      {
        ...{ resource_id: 7, email: 'a@x.ru', priority: 0, cats: [], url: 'v' },
        custom_fields: { visits: { action: 'incr', value: 2 }, labels: 'x', code: null },
      },
    ),
  );
  assert.deepEqual(changed, {
    ...before,
    ...{ priority: 0, cats: [], url: 'v', custom_fields: { code: 'a', visits: 3, labels: ['x'] } },
  });
});

test('functional updates of subscription fields: also the last field goes', () => {
  const first = patched(
    shape,
    NOTHING,
    {},
    { ...EMAIL, custom_fields: { visits: { action: 'incr', value: 2 } } },
  );
  assert.deepEqual(onlyOne(first).custom_fields, { visits: 2 });
  const unset = onlyOne(
    patched(shape, first, {}, { ...EMAIL, custom_fields: { visits: { action: 'unset' } } }),
  );
  assert.equal('custom_fields' in unset, false);
  const object = patched(
    shape,
    first,
    {},
    {
      ...EMAIL,
      custom_fields: {
        about: { action: 'upsert', submatch: 'a.b', value: 1 },
        labels: { action: 'add', value: 'x' },
      },
    },
  );
  assert.deepEqual(onlyOne(object).custom_fields, { visits: 2, about: { a: { b: 1 } }, labels: ['x'] });
  const much = { visits: { action: 'incr', value: Number.MAX_SAFE_INTEGER } };
  const overflow = patchState(shape, first, {}, { ...EMAIL, custom_fields: much });
  assert.ok(!overflow.ok);
  assert.equal(overflow.error.field, 'subscriptions');
  assert.match(overflow.error.text, /^subscriptions: custom_fields\.visits: expected a whole number between/);
});

test('one contact is one subscription, whichever way it is written, in one item or in two', () => {
  const chat = (id: JsonValue): JsonObject => ({ resource_id: 7, cc_data: { id } });
  const state = patched(shape, NOTHING, {}, [EMAIL, { resource_id: 7, email: 'A@x.ru', priority: 3 }]);
  assert.equal(onlyOne(state).priority, 3);
  assert.equal(
    onlyOne(patched(shape, NOTHING, {}, [chat(5), chat('5'), chat(' 5 ')])).channel,
    'telegram_bot',
  );
  const two = patched(shape, NOTHING, {}, [
    { resource_id: 7, email: 'a@x.ru' },
    { resource_id: 8, email: 'a@x.ru' },
    { resource_id: 8, channel: 'viber', cc_data: { phone: '89860000001' } },
    { resource_id: 8, channel: 'notify', cc_data: { phone: '89860000001' } },
    { resource_id: 7, email: 'b@x.ru' },
  ]);
  assert.equal(two.subscriptions.length, 5);
  assert.equal(new Set(two.subscriptions.map(({ id }) => id)).size, 5);
});

test('a profile has a hundred at most, and an item too', () => {
  const many = (from: number, count: number): JsonObject[] =>
    Array.from({ length: count }, (_, index) => ({ resource_id: 7, email: `p${from + index}@x.ru` }));
  const full = patched(shape, NOTHING, {}, many(0, 100));
  assert.equal(full.subscriptions.length, 100);
  const tooMany = patchState(shape, full, {}, many(100, 1));
  const text = 'subscriptions: a profile has at most 100';
  assert.deepEqual(tooMany, { ok: false, error: { code: 400, text, field: 'subscriptions' } });
  assert.equal(patched(shape, full, {}, { resource_id: 7, email: 'P99@x.ru' }), full);
  const long = parseSubscriptions(shape, many(0, 101), true);
  assert.equal(long.ok ? '' : long.error.text, 'subscriptions: more than 100 in one item');
  for (const bad of ['all', 5, true]) assert.equal(parseSubscriptions(shape, bad, true).ok, false);
  for (const none of [undefined, null, []]) {
    assert.deepEqual(parseSubscriptions(shape, none, false), {
      ok: true,
      value: { patches: [], skipped: [] },
    });
  }
});

test('a match field of subscriptions is found by every spelling of its value', () => {
  const state = patched(shape, NOTHING, {}, { ...EMAIL, custom_fields: { visits: 5, code: ' a b ' } });
  const finds = (name: string, value: JsonValue, resourceId: number | null = null): boolean => {
    const lookups = subscriptionFieldTexts(shape, name, value).map(
      (text): Lookup => lookupIdentity(kinds.subscriptionOther, text, resourceId),
    );
    return lookups.some((lookup) => isFoundBy(shape, 'x', state, lookup));
  };
  assert.ok(finds('visits', 5) && finds('visits', ' 5') && finds('visits', '+5') && finds('visits', 5, 7));
  assert.ok(finds('code', ' a b '));
  for (const [name, value] of [
    ['visits', 6],
    ['visits', 'x'],
    ['code', 'a b'],
    ['code a', 'b '],
    ['labels', 'x'],
  ] as const) {
    assert.equal(finds(name, value), false, name);
  }
  assert.equal(finds('visits', 5, 8), false);
});
