import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { type ImportRules, importRules } from '../../src/importer/index.ts';
import type {
  Contact,
  Filter,
  ModelItem,
  ModelRequest,
  ModelSubscription,
  ModelValues,
} from './import-model.ts';
import { modes } from './import-model.ts';

/** How a request is sent: as a task, or by a method that answers at once. */
export interface SentRequest extends ModelRequest {
  readonly rules: ImportRules;
  readonly isTask: boolean;
}

/** @param percent how often there is a value. */
const optional = <T>(value: fc.Arbitrary<T>, percent = 33): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: percent, arbitrary: value },
    { weight: 100 - percent, arbitrary: fc.constant(undefined) },
  );

const email = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a@x.ru', 'b@x.ru', 'c@x.ru') },
  { weight: 1, arbitrary: fc.constant('nobody') },
);
const phone = fc.constantFrom('+79860000001', '+79860000002', '+79860000003');
const card = fc.constantFrom('A', 'B', 'C');
const contact: fc.Arbitrary<Contact> = fc.oneof(
  fc.record({ kind: fc.constant('email' as const), value: fc.constantFrom('a@x.ru', 'b@x.ru', 'c@x.ru') }),
  fc.record({ kind: fc.constant('phone' as const), value: phone }),
  fc.record({ kind: fc.constant('push' as const), value: fc.constantFrom('t1', 't2') }),
  fc.record({ kind: fc.constant('chat' as const), value: fc.constantFrom('1', '2') }),
);
const subscription: fc.Arbitrary<ModelSubscription> = fc.record({
  resource: fc.nat(1),
  contact,
  status: optional(fc.constantFrom('unsubscribed', 'suspended', 'subscribed')),
  priority: optional(fc.nat(2)),
});
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ card }),
  fc.record({ cards: fc.constant(['A', 'B']) }),
  fc.record({ points: fc.nat(3) }),
);
const values = (percent: number): fc.Arbitrary<ModelValues> =>
  fc.record({
    email: optional(email, percent),
    phone: optional(phone, percent),
    card: optional(card, percent),
    push: optional(fc.constantFrom('t1', 't2'), percent),
    chat: optional(fc.constantFrom('1', '2'), percent),
    /** Which of the profiles that are there: its place, until it is known. */
    profile: optional(fc.constantFrom('0', '1', '2', '99'), percent * 2),
  });
const item: fc.Arbitrary<ModelItem> = fc.record({
  beside: values(17),
  filter,
  email: optional(email, 60),
  phones: optional(fc.array(phone, { minLength: 1, maxLength: 2 }), 50),
  card: optional(card, 50),
  points: optional(
    fc.oneof(
      { weight: 3, arbitrary: fc.nat(3) },
      { weight: 3, arbitrary: fc.record({ incr: fc.constantFrom(1, -1) }) },
      { weight: 1, arbitrary: fc.constantFrom('many' as const, { incr: Number.MAX_SAFE_INTEGER }) },
    ),
  ),
  marks: optional(
    fc.record({
      action: fc.constantFrom('set', 'add', 'delete', 'unset'),
      value: fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 2 }),
    }),
  ),
  subscriptions: fc.array(subscription, { maxLength: 2 }),
  badSubscription: fc.oneof(
    { weight: 6, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

const { importAndStartBatch, importAndStartBatchTask, importBatch, updateBatch, addBatch } = importRules;
export const request: fc.Arbitrary<SentRequest> = fc
  .record({
    mode: fc.constantFrom(...modes),
    rules: fc.oneof(
      { weight: 4, arbitrary: fc.constant(importAndStartBatchTask) },
      { weight: 3, arbitrary: fc.constantFrom(importAndStartBatch, importBatch, updateBatch, addBatch) },
    ),
    root: values(5),
    resource: optional(fc.nat(1), 20),
    skipsInvalid: fc.boolean(),
    items: fc.array(item, { minLength: 1, maxLength: 6 }),
  })
  .map(({ rules, ...sent }) => {
    // Items that are bare have nothing beside their fields, and cannot bring a filter.
    const isWrapped = rules.items === 'wrapped';
    const items = isWrapped ? sent.items : sent.items.map((one) => ({ ...one, beside: {} }));
    const mode = sent.mode === 'filter' && !isWrapped ? 'email' : sent.mode;
    return { ...sent, items, mode, rules, missing: rules.missing, isTask: rules === importAndStartBatchTask };
  });

function dropUndefined(object: Record<string, JsonValue | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) kept[key] = value;
  return kept;
}

function toValues(mode: string, sent: ModelValues): JsonObject {
  const field_value = mode === 'custom' ? sent.card : mode === 'custom_sub' ? sent.chat : undefined;
  return dropUndefined({
    ...{ email: sent.email, phone: sent.phone, profile_id: sent.profile, field_value },
    ...(sent.push === undefined ? {} : { provider: 'p', subscription_id: sent.push }),
  });
}

function toSubscription(one: ModelSubscription, resourceIds: readonly number[]): JsonObject {
  const { kind, value } = one.contact;
  const contacts: Record<Contact['kind'], JsonObject> = {
    email: { email: value.toUpperCase() },
    phone: { phone_data: { phone: value } },
    push: { provider: 'p', subscription_id: value },
    chat: { cc_data: { id: one.priority === 1 ? value : Number(value) } },
  };
  const { status, priority } = one;
  return dropUndefined({ resource_id: resourceIds[one.resource] ?? 0, ...contacts[kind], status, priority });
}

function toItem(
  { mode, rules, skipsInvalid }: SentRequest,
  one: ModelItem,
  resourceIds: readonly number[],
): JsonValue {
  const { email: address, phones, card: sentCard, points, marks } = one;
  const subscriptions: JsonValue[] = one.subscriptions.map((each) => toSubscription(each, resourceIds));
  if (one.badSubscription) subscriptions.push({ resource_id: resourceIds[0] ?? 0, channel: 'email' });
  const data = dropUndefined({
    email: address === undefined ? undefined : ` ${address} `,
    phones: phones === undefined ? undefined : [...phones],
    card: sentCard,
    points: typeof points === 'object' ? { action: 'incr', value: points.incr } : points,
    marks: marks === undefined ? undefined : { action: marks.action, value: [...marks.value] },
    subscriptions: subscriptions.length === 0 ? undefined : subscriptions,
  });
  if (rules.items === 'bare') return data;
  const custom_request = mode === 'filter' ? toFilter(one.filter) : undefined;
  return dropUndefined({
    ...toValues(mode, one.beside),
    data,
    custom_request,
    skip_invalid_subscriptions: skipsInvalid,
  });
}

function toFilter(sent: Filter): JsonObject {
  return 'cards' in sent ? { card: { $in: [...sent.cards] } } : { ...sent };
}

/** The body of the request, without the workflow or database that it is for. */
export function toBody(sent: SentRequest, resourceIds: readonly number[]): JsonObject & { data: JsonValue } {
  const { mode, root, resource, items } = sent;
  const names: Record<string, string> = { custom: 'card', custom_sub: 'id' };
  return {
    ...dropUndefined({
      ...(mode === 'filter' ? {} : { matching: mode, ...toValues(mode, root) }),
      field_name: names[mode],
      resource_id: resource === undefined ? undefined : resourceIds[resource],
      skip_invalid_subscriptions: sent.skipsInvalid,
    }),
    data: items.map((one) => toItem(sent, one, resourceIds)),
  };
}
