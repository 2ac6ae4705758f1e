import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ProfileState,
  type SubscriptionStatus,
  statusChangesOf,
  subscriptionStatuses,
} from '../../src/profiles/index.ts';

function state(statuses: Readonly<Record<string, SubscriptionStatus>>): ProfileState {
  const subscriptions = Object.entries(statuses).map(([id, status]) => ({
    ...{ id, resource_id: 1, channel: 'email' as const, email: `${id}@x.ru`, status, priority: 0 },
  }));
  return { fields: {}, subscriptions };
}

function changes(before: ProfileState | undefined, after: ProfileState): [string, string | undefined][] {
  return statusChangesOf({ profileId: 'p', before, after, enteredSegments: [] }).map(
    ({ subscription, event }) => [subscription.id, event],
  );
}

const left = ['unsubscribed', 'complained', 'hardbounced'];
const words: Readonly<Partial<Record<SubscriptionStatus, string>>> = {
  unsubscribed: 'unsubscribed',
  complained: 'complain',
  hardbounced: 'hardbounced',
};

test('a change of status raises what the platform tells of, and a coming back only of who had left', () => {
  for (const before of subscriptionStatuses) {
    for (const after of subscriptionStatuses) {
      const back = after === 'subscribed' && left.includes(before) ? 'subscribed' : undefined;
      const expected = before === after ? [] : [['a', words[after] ?? back]];
      assert.deepEqual(changes(state({ a: before }), state({ a: after })), expected, `${before} ${after}`);
    }
  }
});

test('a new subscription is a change, with its profile too; one that stays or is gone is none', () => {
  assert.deepEqual(changes(undefined, state({ a: 'subscribed', b: 'unsubscribed' })), [
    ['a', undefined],
    ['b', 'unsubscribed'],
  ]);
  assert.deepEqual(
    changes(state({ a: 'subscribed', b: 'invalid' }), state({ a: 'subscribed', c: 'invalid' })),
    [['c', undefined]],
  );
  const same = state({ a: 'subscribed' });
  assert.deepEqual(changes(same, same), []);
});
