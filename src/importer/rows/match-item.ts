import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
  textFault,
} from '../../base/index.ts';
import {
  keyOfLookups,
  kinds,
  type Lookup,
  lookupIdentity,
  type MatchKey,
  matchKeyOfField,
  matchKeyOfId,
  namedText,
  normalizeEmail,
  normalizePhone,
  type ProfileShape,
  pushText,
  type RowError,
  rowError,
  subscriptionFieldTexts,
} from '../../profiles/index.ts';
import { type Envelope, type Matching, valueKeys } from '../requests/envelope.ts';
import type { OpenedItem } from './open-item.ts';

/** How an item is looked for, and what a profile gets that is made because nobody was found. */
export interface ItemMatch {
  readonly key: MatchKey;
  /** The field that messages name. */
  readonly keyName: string;
  /** Fields of the profile, as they were sent: without them it would not be found by the key that it was made for. */
  readonly keyFields: JsonObject;
}

type Found = Outcome<ItemMatch, RowError>;

function isSet(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== '';
}

/** The first subscription of the item that says something under one of the keys, beside them or nested in `holder`. */
function inSubscriptions(data: JsonObject, key: string, holder: string): JsonValue | undefined {
  const list = ownValue(data, 'subscriptions');
  for (const subscription of Array.isArray(list) ? list : [list]) {
    if (!isJsonObject(subscription)) continue;
    const flat = holder === 'custom_fields' ? undefined : ownValue(subscription, key);
    if (isSet(flat)) return flat;
    for (const name of holder === 'custom_fields' ? ['custom_fields', 'cc_data'] : [holder]) {
      const nested = ownValue(subscription, name);
      const value = isJsonObject(nested) ? ownValue(nested, key) : undefined;
      if (isSet(value)) return value;
    }
  }
  return undefined;
}

/** In the item, then in its data, then in the subscriptions of the modes that look there, then at the root. */
function findValue(
  envelope: Envelope,
  { outer, data }: OpenedItem,
  key: string,
  inData: readonly string[],
): JsonValue | undefined {
  const own = outer === data ? undefined : ownValue(outer, key);
  if (isSet(own)) return own;
  for (const name of inData) {
    const value = ownValue(data, name);
    if (isSet(value)) return value;
  }
  const isSub = envelope.matching?.endsWith('_sub') ?? false;
  if (isSub) {
    const name = key === 'field_value' ? (envelope.fieldName ?? '') : key;
    const holder = key === 'field_value' ? 'custom_fields' : `${key}_data`;
    const value = inSubscriptions(data, name, holder);
    if (isSet(value)) return value;
  }
  return ownValue(envelope.rootValues, key);
}

function missing(name: string, matching: Matching): { readonly ok: false; readonly error: RowError } {
  return failure(rowError(name, `expected a value to match by (matching is ${matching})`));
}

function first(value: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

interface Address {
  readonly value: string;
  readonly lookups: readonly Lookup[];
  readonly keyFields: JsonObject;
}

function emailLookups(mode: Matching, email: string, resourceId: number | null): Lookup[] {
  const own = lookupIdentity(kinds.email, email);
  const subscribed = lookupIdentity(kinds.subscriptionEmail, email, resourceId);
  if (mode === 'email_profile') return [own];
  return mode.endsWith('_sub') ? [subscribed] : [own, subscribed];
}

function phoneLookups(mode: Matching, phone: string, resourceId: number | null): Lookup[] {
  const own = lookupIdentity(kinds.phone, phone);
  const subscribed = lookupIdentity(kinds.subscriptionPhone, phone, resourceId);
  return mode.endsWith('_sub') ? [subscribed] : [own, subscribed];
}

/** The e-mail address of the item; undefined = it has none. */
function findEmail(
  mode: Matching,
  envelope: Envelope,
  item: OpenedItem,
): Outcome<Address, RowError> | undefined {
  const value = findValue(envelope, item, 'email', ['email']);
  if (!isSet(value)) return undefined;
  const email = typeof value === 'string' ? normalizeEmail(value) : undefined;
  if (email === undefined) return failure(rowError('email', 'expected an e-mail address to match by'));
  const lookups = emailLookups(mode, email, envelope.resourceId);
  return success({ value: email, lookups, keyFields: mode.endsWith('_sub') ? {} : { email } });
}

function findPhone(
  mode: Matching,
  shape: ProfileShape,
  envelope: Envelope,
  item: OpenedItem,
): Outcome<Address, RowError> | undefined {
  const value = first(findValue(envelope, item, 'phone', ['phone', 'phones']));
  if (!isSet(value)) return undefined;
  const text = textOf(value);
  const phone = text === undefined ? undefined : normalizePhone(text, shape.database.phoneCountry);
  if (phone === undefined) {
    return failure(rowError('phones', 'expected a phone number such as +79991234567 to match by'));
  }
  const lookups = phoneLookups(mode, phone, envelope.resourceId);
  return success({ value: phone, lookups, keyFields: mode.endsWith('_sub') ? {} : { phones: [phone] } });
}

function matchAddress(found: Outcome<Address, RowError> | undefined, name: string, mode: Matching): Found {
  if (found === undefined) return missing(name, mode);
  if (!found.ok) return found;
  const { value, lookups, keyFields } = found.value;
  return success({ key: keyOfLookups(value, lookups), keyName: name, keyFields });
}

/** By e-mail or phone, whichever the item has. By both it may hit profiles of two lanes. */
function matchEmailOrPhone(mode: Matching, shape: ProfileShape, envelope: Envelope, item: OpenedItem): Found {
  const email = findEmail(mode, envelope, item);
  if (email?.ok === false) return email;
  const phone = findPhone(mode, shape, envelope, item);
  if (phone?.ok === false) return phone;
  const found = [email, phone].flatMap((one) => (one === undefined ? [] : [one.value]));
  if (found.length === 0) return missing('email', mode);
  const [single] = found;
  const lane = found.length === 1 && single !== undefined ? single.value : null;
  return success({
    key: keyOfLookups(
      lane,
      found.flatMap(({ lookups }) => lookups),
    ),
    keyName: email === undefined ? 'phones' : 'email',
    keyFields: { ...email?.value.keyFields, ...phone?.value.keyFields },
  });
}

function matchId(envelope: Envelope, item: OpenedItem): Found {
  const value = findValue(envelope, item, 'profile_id', ['profile_id', '_id', 'id']);
  if (!isSet(value)) return missing('profile_id', 'profile_id');
  const key = matchKeyOfId(value);
  if (!key.ok) return failure(rowError('profile_id', key.error));
  return success({ key: key.value, keyName: 'profile_id', keyFields: {} });
}

function matchCustom(shape: ProfileShape, envelope: Envelope, item: OpenedItem): Found {
  const name = envelope.fieldName ?? '';
  const value = findValue(envelope, item, 'field_value', [name, 'field_value']);
  if (!isSet(value)) return missing(name, 'custom');
  const field = shape.fields.get(name);
  if (field === undefined) return failure(rowError(name, 'the database has no such field'));
  const key = matchKeyOfField(shape, field, value);
  if (!key.ok) return failure(rowError(name, key.error));
  return success({ key: key.value, keyName: name, keyFields: { [name]: value } });
}

/** A phone of a messenger is looked for as it is kept. */
function otherValue(shape: ProfileShape, name: string, value: string | number): string | number {
  return name === 'phone'
    ? (normalizePhone(String(value), shape.database.phoneCountry) ?? value)
    : typeof value === 'string'
      ? value.trim()
      : value;
}

function matchCustomSub(shape: ProfileShape, envelope: Envelope, item: OpenedItem): Found {
  const name = envelope.fieldName ?? '';
  const value = findValue(envelope, item, 'field_value', ['field_value']);
  if (!isSet(value)) return missing(name, 'custom_sub');
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return failure(rowError(name, 'expected a text or a number to match by'));
  }
  const fault = textFault(String(value));
  if (fault !== undefined) return failure(rowError(name, fault));
  const texts = new Set([
    ...subscriptionFieldTexts(shape, name, value),
    namedText(name, typeof value === 'boolean' ? value : otherValue(shape, name, value)),
  ]);
  const lookups = [...texts].map((text) =>
    lookupIdentity(kinds.subscriptionOther, text, envelope.resourceId),
  );
  // The first is the same for all spellings of the value.
  const [lane = null] = texts;
  return success({ key: keyOfLookups(lane, lookups), keyName: name, keyFields: {} });
}

function matchPush(envelope: Envelope, item: OpenedItem): Found {
  const provider = textOf(findValue(envelope, item, 'provider', ['provider']));
  const id = textOf(findValue(envelope, item, 'subscription_id', ['subscription_id']));
  if (provider === undefined) return missing('provider', 'push_sub');
  if (id === undefined) return missing('subscription_id', 'push_sub');
  const fault = textFault(provider + id);
  if (fault !== undefined) return failure(rowError('subscription_id', fault));
  const text = pushText(provider.trim(), id.trim());
  const lookup = lookupIdentity(kinds.subscriptionPush, text, envelope.resourceId);
  return success({ key: keyOfLookups(text, [lookup]), keyName: 'subscription_id', keyFields: {} });
}

/** The request with the resource that the item itself asks for, where it does. */
function withOwnResource(
  shape: ProfileShape,
  envelope: Envelope,
  { outer, data }: OpenedItem,
): Envelope | undefined {
  const own = outer === data ? undefined : ownValue(outer, 'resource_id');
  const inData = shape.fields.has('resource_id') ? undefined : ownValue(data, 'resource_id');
  const value = isSet(own) ? own : inData;
  if (!isSet(value)) return envelope;
  const id = typeof value === 'string' ? Number(value) : value;
  return typeof id === 'number' && shape.resources.has(id) ? { ...envelope, resourceId: id } : undefined;
}

/** @returns how the item is looked for, or why it cannot be. The same key for every spelling of one value. */
export function matchItem(shape: ProfileShape, request: Envelope, mode: Matching, item: OpenedItem): Found {
  const envelope = withOwnResource(shape, request, item);
  if (envelope === undefined) {
    return failure(rowError('resource_id', 'expected the number of a resource of the database'));
  }
  switch (mode) {
    case 'email':
    case 'email_profile':
    case 'email_sub':
      return matchAddress(findEmail(mode, envelope, item), 'email', mode);
    case 'phone':
    case 'phone_sub':
      return matchAddress(findPhone(mode, shape, envelope, item), 'phones', mode);
    case 'email_phone':
    case 'email_phone_sub':
      return matchEmailOrPhone(mode, shape, envelope, item);
    case 'profile_id':
      return matchId(envelope, item);
    case 'custom':
      return matchCustom(shape, envelope, item);
    case 'custom_sub':
      return matchCustomSub(shape, envelope, item);
    case 'push_sub':
      return matchPush(envelope, item);
  }
}

/** Values to match by that stand in `data` beside the fields, where no field has their name. */
const besideFields: Readonly<Partial<Record<Matching, readonly string[]>>> = {
  phone: ['phone'],
  phone_sub: ['phone'],
  email_phone: ['phone'],
  email_phone_sub: ['phone'],
  profile_id: ['profile_id', '_id', 'id'],
  custom: ['field_value'],
  custom_sub: ['field_value'],
  push_sub: valueKeys.push_sub,
};

/** `data` without what is no field of the profile: its subscriptions, and values that are there to match by alone. */
export function fieldsOf(shape: ProfileShape, envelope: Envelope, data: JsonObject): JsonObject {
  const { matching } = envelope;
  const beside = matching === null ? [] : ['resource_id', ...(besideFields[matching] ?? [])];
  const extra = [...beside, 'subscriptions'].filter(
    (key) => Object.hasOwn(data, key) && !shape.fields.has(key),
  );
  if (extra.length === 0) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !extra.includes(key)));
}
