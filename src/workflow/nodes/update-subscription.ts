import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import {
  applyProfilePatch,
  type Channel,
  channels,
  type ProfileShape,
  type ProfileState,
  parseSubscriptions,
  type Subscription,
  type SubscriptionStatus,
  subscriptionStatuses,
} from '../../profiles/index.ts';
import { type JsonTemplate, renderJson } from './json-template.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import {
  type ExecuteNode,
  type NodeStep,
  PROFILE_GONE,
  templateScope,
  type WalkingRun,
} from './walking-run.ts';
import { writeChanges } from './write-changes.ts';

export const selections = ['all', 'first'] as const;

/** Changes subscriptions of the profile to one resource. */
export interface UpdateSubscriptionNode extends NodeBase {
  readonly type: 'update_subscription';
  readonly resourceId: number;
  /** Null = those of any. */
  readonly channel: Channel | null;
  /** All that match, or the one of the highest priority. */
  readonly which: (typeof selections)[number];
  /** Whether one is made of the profile's own address where none matches; then there is a channel. */
  readonly adds: boolean;
  /** Null = stays as it is. */
  readonly status: SubscriptionStatus | null;
  readonly priority: number | null;
  readonly addCategories: readonly string[];
  readonly removeCategories: readonly string[];
  readonly customFields: ReadonlyMap<string, JsonTemplate>;
}

const MAX_PRIORITY = 1_000_000;

function parsePriority(reader: NodeReader): number | null {
  return reader.value('priority') === undefined
    ? null
    : reader.number('priority', 0, [0, MAX_PRIORITY], true);
}

function parseNames(reader: NodeReader, key: string, value: JsonValue | undefined): string[] {
  const list = value === undefined ? [] : value;
  const names = Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
  if (!Array.isArray(list) || names.length < list.length) {
    reader.fault(`cats.${key}`, 'expected a list of categories');
  }
  return names;
}

function parseCategories(reader: NodeReader): { add: string[]; remove: string[] } {
  const cats = reader.value('cats') ?? {};
  if (!isJsonObject(cats)) {
    reader.fault('cats', 'expected an object with `add` or `remove`');
    return { add: [], remove: [] };
  }
  for (const key of Object.keys(cats)) {
    if (key !== 'add' && key !== 'remove') reader.fault(`cats.${key}`, 'expected `add` or `remove`');
  }
  return {
    add: parseNames(reader, 'add', ownValue(cats, 'add')),
    remove: parseNames(reader, 'remove', ownValue(cats, 'remove')),
  };
}

function parseCustomFields(reader: NodeReader): Map<string, JsonTemplate> {
  const fields = new Map<string, JsonTemplate>();
  const object = reader.value('custom_fields') ?? {};
  if (!isJsonObject(object)) {
    reader.fault('custom_fields', 'expected an object of field names and values');
    return fields;
  }
  for (const [name, value] of Object.entries(object)) {
    const path = `custom_fields.${name}`;
    if (value === null) reader.fault(path, 'expected a value: null changes nothing');
    fields.set(name, reader.jsonTemplate(path, value));
  }
  return fields;
}

/** The address of a profile is an e-mail address or a phone: other channels have none. */
function parseContact(reader: NodeReader, channel: Channel | null): boolean {
  if (reader.choice('contact', ['profile'], 'optional') === undefined) return false;
  if (channel === 'email' || channel === 'sms') return true;
  reader.fault('contact', 'needs the channel email or sms');
  return false;
}

export function parseUpdateSubscription(reader: NodeReader): UpdateSubscriptionNode | undefined {
  reader.edge('next');
  const resourceId = reader.reference('resource_id', 'required');
  const channel = reader.choice('channel', channels, 'optional') ?? null;
  const which = reader.choice('which', selections, 'optional') ?? 'all';
  const adds = parseContact(reader, channel);
  const status = reader.choice('status', subscriptionStatuses, 'optional') ?? null;
  const priority = parsePriority(reader);
  const categories = parseCategories(reader);
  const customFields = parseCustomFields(reader);
  const keys = ['contact', 'status', 'priority', 'cats', 'custom_fields'];
  if (keys.every((key) => reader.value(key) === undefined)) {
    reader.fault('status', `expected something to change: one of ${keys.join(', ')}`);
  }
  if (resourceId === undefined) return undefined;
  return {
    ...{ id: reader.id, type: 'update_subscription', resourceId, channel, which, adds, status, priority },
    addCategories: categories.add,
    removeCategories: categories.remove,
    customFields,
    edges: reader.edges,
  };
}

function matchingOf(node: UpdateSubscriptionNode, { subscriptions }: ProfileState): readonly Subscription[] {
  const matching = subscriptions.filter(
    ({ resource_id, channel }) =>
      resource_id === node.resourceId && (node.channel === null || channel === node.channel),
  );
  if (node.which === 'all') return matching;
  // Of several with the same priority, the one that has been there longest; sorting keeps their order.
  return matching.toSorted((left, right) => left.priority - right.priority).slice(0, 1);
}

/** What says which subscription is meant, in the keys of the API. */
function contactOf({ channel, email, phone, provider, subscription_id, cc_data }: Subscription): JsonObject {
  const keys = { channel, email, phone, provider, subscription_id, cc_data };
  const kept = Object.entries(keys).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(kept);
}

/** A subscription to be made, as an import would send it; undefined = the profile has no such address. */
function ownContact(channel: Channel | null, { fields }: ProfileState): JsonObject | undefined {
  if (channel === 'email') {
    const email = fields['email'];
    return typeof email === 'string' ? { channel, email } : undefined;
  }
  const phones = fields['phones'];
  const phone = Array.isArray(phones) ? phones[0] : undefined;
  return typeof phone === 'string' ? { channel, phone } : undefined;
}

/** The categories after the change; those that the resource does not have any more are left out. */
function categoriesOf(
  node: UpdateSubscriptionNode,
  shape: ProfileShape,
  before: readonly string[],
): JsonObject {
  const { addCategories, removeCategories, resourceId } = node;
  if (addCategories.length + removeCategories.length === 0) return {};
  const known = shape.resources.get(resourceId)?.categories ?? [];
  const kept = before.filter((name) => known.includes(name));
  const all = [...new Set([...kept, ...addCategories])];
  return { cats: all.filter((name) => !removeCategories.includes(name)) };
}

function applyRun(
  node: UpdateSubscriptionNode,
  run: WalkingRun,
  before: ProfileState,
  shape: ProfileShape,
  now: Date,
): { readonly step: NodeStep; readonly after?: ProfileState } {
  const scope = templateScope({ fields: before.fields, id: run.profileId }, run, now);
  const customFields = [...node.customFields].map(
    ([name, template]) => [name, renderJson(template, scope)] as const,
  );
  const changes: JsonObject = {
    ...{ resource_id: node.resourceId, status: node.status, priority: node.priority },
    custom_fields: Object.fromEntries(customFields),
  };
  const sent: JsonObject[] = matchingOf(node, before).map((subscription) => ({
    ...contactOf(subscription),
    ...changes,
    ...categoriesOf(node, shape, subscription.cats ?? []),
  }));
  const contact = sent.length === 0 && node.adds ? ownContact(node.channel, before) : undefined;
  if (contact !== undefined) sent.push({ ...contact, ...changes, ...categoriesOf(node, shape, []) });
  const parsed = parseSubscriptions(shape, sent, false);
  if (!parsed.ok) return { step: { kind: 'fail', reason: `${node.id}: ${parsed.error.text}` } };
  const fields = { set: {}, operations: [] };
  const after = applyProfilePatch(shape, before, { fields, subscriptions: parsed.value.patches }, now);
  if (!after.ok) return { step: { kind: 'fail', reason: `${node.id}: ${after.error.text}` } };
  return { step: { kind: 'leave', edge: 'next' }, after: after.value };
}

/**
 * One update for the batch. Several runs of one profile are applied in order; a value that does not fit fails its run.
 */
export const executeUpdateSubscription: ExecuteNode<UpdateSubscriptionNode> = async (node, runs, scope) => {
  const shape = await scope.shape();
  const profiles = await scope.profiles();
  const states = new Map<string, ProfileState>();
  const steps = runs.map((run): NodeStep => {
    const before = states.get(run.profileId) ?? profiles.get(run.profileId);
    if (before === undefined) return { kind: 'fail', reason: PROFILE_GONE };
    const { step, after } = applyRun(node, run, before, shape, scope.now);
    if (after !== undefined) states.set(run.profileId, after);
    return step;
  });
  await writeChanges(scope, shape, states, runs);
  return steps;
};
