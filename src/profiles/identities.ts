import { createHash } from 'node:crypto';
import { type JsonValue, slotOf } from '../base/index.ts';
import { kinds, type ProfileShape, type ShapeField } from './fields.ts';
import type { ProfileState, Subscription } from './profile-state.ts';
import type { Resource } from './resource.ts';

/** Something that a profile is found by, normalised. `slot` is that of the value. */
export interface Identity {
  readonly slot: number;
  readonly kind: number;
  readonly value: string;
  /** The resource of the subscription that has the contact; 0 = it is the profile's own. */
  readonly resourceId: number;
}

/** A B-tree entry holds 2,704 bytes; 512 characters fit in every script. */
const MAX_VALUE_LENGTH = 512;

/**
 * A number as 16 hexadecimal digits that sort as the numbers do: the bits of the double, the sign bit turned, all bits
 * of negative ones.
 */
function sortableNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sortable = bits >> 63n === 0n ? bits ^ (1n << 63n) : ~bits & 0xffff_ffff_ffff_ffffn;
  return sortable.toString(16).padStart(16, '0');
}

/** The text by which a coerced value is found, and by which a range of them is: tags are kept sorted, joined by commas. */
export function matchText(value: JsonValue): string {
  if (typeof value === 'number') return sortableNumber(value);
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return text.length <= MAX_VALUE_LENGTH ? text : `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}

/** The texts that a profile is found by for one of its fields: each phone is one, a set of tags is one as a whole. */
export function textsOfField(field: ShapeField, value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  const texts = field.type === 'phones' && Array.isArray(value) ? value.map(String) : [matchText(value)];
  // Nothing is looked for by an empty value.
  return texts.filter((text) => text !== '');
}

/** A name and a value such that no other name and value are the same text: names may hold spaces. */
function pairText(name: string, value: string): string {
  return matchText(`${encodeURIComponent(name)} ${value}`);
}

export function pushText(provider: string, id: string): string {
  return pairText(provider, id);
}

/** The text for a named value of a subscription; those of equal names in several channels are the same. */
export function namedText(name: string, value: JsonValue): string {
  return pairText(name, typeof value === 'number' ? String(value) : matchText(value));
}

function otherTexts(subscription: Subscription, resource: Resource | undefined): string[] {
  const texts = Object.entries(subscription.cc_data ?? {}).map(([name, value]) => namedText(name, value));
  for (const { name, match } of resource?.fields ?? []) {
    const value = match ? subscription.custom_fields?.[name] : undefined;
    if (value !== undefined && value !== null) texts.push(namedText(name, value));
  }
  return texts;
}

/** What one subscription is found by: kind and value of each. */
export function textsOfSubscription(
  shape: ProfileShape,
  subscription: Subscription,
): { kind: number; value: string }[] {
  const { email, phone, provider, subscription_id: id } = subscription;
  const texts = otherTexts(subscription, shape.resources.get(subscription.resource_id)).map((value) => ({
    kind: kinds.subscriptionOther,
    value,
  }));
  if (email !== undefined) return [{ kind: kinds.subscriptionEmail, value: email }, ...texts];
  if (phone !== undefined) return [{ kind: kinds.subscriptionPhone, value: phone }, ...texts];
  if (provider === undefined || id === undefined) return texts;
  return [{ kind: kinds.subscriptionPush, value: pushText(provider, id) }, ...texts];
}

/** All identities of a profile. */
export function identitiesOf(shape: ProfileShape, { fields, subscriptions }: ProfileState): Identity[] {
  const identities: Identity[] = [];
  for (const field of shape.matchFields) {
    const { kind } = field;
    if (kind === null) continue;
    for (const value of textsOfField(field, fields[field.name])) {
      identities.push({ slot: slotOf(value), kind, value, resourceId: 0 });
    }
  }
  for (const subscription of subscriptions) {
    for (const { kind, value } of textsOfSubscription(shape, subscription)) {
      identities.push({ slot: slotOf(value), kind, value, resourceId: subscription.resource_id });
    }
  }
  return identities;
}

const MAX_COMPARED = 8;

function isSameIdentity(left: Identity, right: Identity): boolean {
  return left.kind === right.kind && left.value === right.value && left.resourceId === right.resourceId;
}

/** Names an identity among those of one profile. */
function keyOf({ kind, value, resourceId }: Identity): string {
  return `${kind} ${resourceId} ${value}`;
}

/** Those of a new profile, each once. Of a few it is quicker to compare them than to print keys. */
export function ownIdentities(shape: ProfileShape, state: ProfileState): Identity[] {
  const all = identitiesOf(shape, state);
  if (all.length > MAX_COMPARED) return diffIdentities([], all).fresh;
  return all.filter((one, index) => !all.some((earlier, at) => at < index && isSameIdentity(earlier, one)));
}

/** What must be deleted and inserted when a profile changes; each once, though two subscriptions may share a contact. */
export function diffIdentities(
  before: readonly Identity[],
  after: readonly Identity[],
): { gone: Identity[]; fresh: Identity[] } {
  const old = new Map(before.map((identity) => [keyOf(identity), identity]));
  const kept = new Map(after.map((identity) => [keyOf(identity), identity]));
  return {
    gone: [...old].flatMap(([key, identity]) => (kept.has(key) ? [] : [identity])),
    fresh: [...kept].flatMap(([key, identity]) => (old.has(key) ? [] : [identity])),
  };
}

/** A value of which the database holds one, as it is kept in `unique_value`. */
export interface UniqueValue {
  readonly kind: number;
  readonly value: string;
  readonly field: string;
}

export function uniqueValuesOf(shape: ProfileShape, fields: ProfileState['fields']): UniqueValue[] {
  return shape.uniqueFields.flatMap((field) =>
    textsOfField(field, fields[field.name]).flatMap((value) =>
      field.kind === null ? [] : [{ kind: field.kind, value, field: field.name }],
    ),
  );
}
