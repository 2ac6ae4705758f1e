import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  newObjectId,
  type Outcome,
  ownValue,
  sameJson,
  success,
  textFault,
} from '../base/index.ts';
import { type Channel, channels, type SubscriptionStatus, subscriptionStatuses } from './channels.ts';
import { normalizeEmail, normalizePhone } from './contacts.ts';
import type { Database } from './database.ts';
import { toDatetime } from './dates.ts';
import { applyFieldPatch, type FieldPatch, parseFieldPatch } from './field-patch.ts';
import type { ProfileShape, ValueField } from './fields.ts';
import type { Subscription } from './profile-state.ts';
import type { Resource } from './resource.ts';
import { type RowError, rowError } from './row-error.ts';

/** More than people have, and few enough to be read with their profile. */
const MAX_SUBSCRIPTIONS = 100;
const MAX_CONTACT_LENGTH = 4_096;
const MAX_PRIORITY = 1_000_000;
const MAX_TEXT_LENGTH = 2_048;

/** The one of a subscription's contacts that messages go to, in the keys of the API. */
type Contact =
  | { readonly email: string }
  | { readonly phone: string }
  | { readonly provider: string; readonly subscription_id: string }
  | { readonly cc_data: JsonObject };

/** What an item does to one subscription: it is found by resource, channel and contact, or made. */
export interface SubscriptionPatch {
  readonly resource: Resource;
  readonly channel: Channel;
  readonly contact: Contact;
  readonly status: SubscriptionStatus | undefined;
  readonly priority: number | undefined;
  readonly customFields: FieldPatch;
  readonly categories: readonly string[] | undefined;
  /** `date`, `ip` and `url` of the subscribing, those that were sent. */
  readonly origin: { readonly date?: string; readonly ip?: string; readonly url?: string };
}

export interface SkippedSubscription {
  /** Its place in the item's list. */
  readonly index: number;
  readonly error_text: string;
}

export interface ParsedSubscriptions {
  readonly patches: readonly SubscriptionPatch[];
  readonly skipped: readonly SkippedSubscription[];
}

type Parsed<T> = Outcome<T, string>;

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A key that stands beside the others, or in the older nested form (`email_data`, `phone_data`). */
function findKey(raw: JsonObject, key: string): JsonValue | undefined {
  const flat = ownValue(raw, key);
  if (flat !== undefined && flat !== null) return flat;
  const nested = ownValue(raw, `${key}_data`);
  return isJsonObject(nested) ? ownValue(nested, key) : undefined;
}

function parseResource(shape: ProfileShape, raw: JsonObject): Parsed<Resource> {
  const value = ownValue(raw, 'resource_id');
  const id = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  if (typeof id !== 'number') return failure('resource_id: expected the number of a resource');
  const resource = shape.resources.get(id);
  if (resource !== undefined) return success(resource);
  return failure(
    `resource_id: there is no resource ${id}, or database ${shape.database.id} is not tied to it`,
  );
}

/** The channel of a contact that says so by its key; a resource's only other channel for `cc_data`. */
function deriveChannel(raw: JsonObject, resource: Resource): Channel | undefined {
  if (textOf(findKey(raw, 'email')) !== undefined) return 'email';
  if (textOf(findKey(raw, 'phone')) !== undefined) return 'sms';
  if (textOf(ownValue(raw, 'subscription_id')) !== undefined) return 'push';
  const others = resource.channels.filter((one) => one !== 'email' && one !== 'sms' && one !== 'push');
  return isJsonObject(ownValue(raw, 'cc_data')) && others.length === 1 ? others[0] : undefined;
}

function parseChannel(raw: JsonObject, resource: Resource): Parsed<Channel> {
  const value = ownValue(raw, 'channel');
  const channel =
    value === undefined || value === null
      ? deriveChannel(raw, resource)
      : channels.find((known) => known === value);
  if (channel === undefined) return failure(`channel: expected one of ${channels.join(', ')}`);
  if (resource.channels.includes(channel)) return success(channel);
  return failure(`channel: resource ${resource.id} does not have the channel ${channel}`);
}

function parseEmail(raw: JsonObject): Parsed<Contact> {
  const text = textOf(findKey(raw, 'email'));
  const email = text === undefined ? undefined : normalizeEmail(text);
  return email === undefined ? failure('email: expected an e-mail address') : success({ email });
}

function parsePhone(raw: JsonObject, database: Database): Parsed<Contact> {
  const text = textOf(findKey(raw, 'phone'));
  const phone = text === undefined ? undefined : normalizePhone(text, database.phoneCountry);
  return phone === undefined
    ? failure('phone: expected a phone number such as +79991234567')
    : success({ phone });
}

function parsePush(raw: JsonObject): Parsed<Contact> {
  const provider = textOf(ownValue(raw, 'provider'));
  const id = textOf(ownValue(raw, 'subscription_id'));
  if (provider === undefined) return failure('provider: expected the name of a push provider');
  if (id === undefined) return failure('subscription_id: expected the token of a device or browser');
  if (provider.length > 100 || id.length > MAX_CONTACT_LENGTH) {
    return failure(`subscription_id: longer than ${MAX_CONTACT_LENGTH} characters`);
  }
  const fault = textFault(provider) ?? textFault(id);
  return fault === undefined
    ? success({ provider, subscription_id: id })
    : failure(`subscription_id: ${fault}`);
}

/** `{id: 1}` of a chat, `{phone: "+7…"}` of a messenger; a phone becomes E.164. */
function parseOther(raw: JsonObject, database: Database): Parsed<Contact> {
  const data = ownValue(raw, 'cc_data');
  if (!isJsonObject(data) || Object.keys(data).length === 0) {
    return failure('cc_data: expected an object with the address in the channel, such as {"id": 1}');
  }
  const kept: [key: string, value: JsonValue][] = [];
  for (const [key, value] of Object.entries(data)) {
    const text = textOf(value);
    if (text === undefined || text.length > 200 || textFault(key + text) !== undefined || key.length > 64) {
      return failure(`cc_data.${key.slice(0, 64).toWellFormed()}: expected a short text or a whole number`);
    }
    const phone = key === 'phone' ? normalizePhone(text, database.phoneCountry) : text;
    if (phone === undefined) return failure('cc_data.phone: expected a phone number such as +79991234567');
    kept.push([key, key === 'phone' || typeof value === 'string' ? phone : value]);
  }
  return success({ cc_data: Object.fromEntries(kept) });
}

function parseContact(raw: JsonObject, channel: Channel, database: Database): Parsed<Contact> {
  if (channel === 'email') return parseEmail(raw);
  if (channel === 'sms') return parsePhone(raw, database);
  return channel === 'push' ? parsePush(raw) : parseOther(raw, database);
}

/** A word or its number; −1, null and absent leave it as it is. */
function parseStatus(value: JsonValue | undefined): Parsed<SubscriptionStatus | undefined> {
  const number = typeof value === 'string' && /^-?\d$/.test(value.trim()) ? Number(value) : value;
  if (number === undefined || number === null || number === -1) return success(undefined);
  const status =
    typeof number === 'number'
      ? subscriptionStatuses[number]
      : subscriptionStatuses.find((one) => one === number);
  if (status !== undefined) return success(status);
  return failure(`status: expected one of ${subscriptionStatuses.join(', ')}, or its number from 0 to 6`);
}

function parsePriority(value: JsonValue | undefined): Parsed<number | undefined> {
  const number = typeof value === 'string' && /^-?\d{1,7}$/.test(value.trim()) ? Number(value) : value;
  if (number === undefined || number === null || number === -1) return success(undefined);
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MAX_PRIORITY) {
    return success(number);
  }
  return failure(`priority: expected a whole number from 0, the highest, to ${MAX_PRIORITY}`);
}

function parseCategories(
  value: JsonValue | undefined,
  resource: Resource,
): Parsed<readonly string[] | undefined> {
  if (value === undefined || value === null) return success(undefined);
  if (!Array.isArray(value)) return failure('cats: expected a list of categories');
  const kept = new Set<string>();
  for (const element of value) {
    const category = resource.categories.find((known) => known === element);
    if (category === undefined) {
      return failure(`cats: resource ${resource.id} has no category ${JSON.stringify(element).slice(0, 60)}`);
    }
    kept.add(category);
  }
  return success([...kept]);
}

function systemField(name: string): ValueField {
  return { name, type: 'string', options: null, kind: null, required: false, unique: false };
}

/** The fields that the resource declares, and the platform's own, which begin with `_` and are texts. */
function parseCustomFields(
  value: JsonValue | undefined,
  resource: Resource,
  database: Database,
): Parsed<FieldPatch> {
  if (value === undefined || value === null) return success({ set: {}, operations: [] });
  if (!isJsonObject(value)) return failure('custom_fields: expected an object');
  const fields = new Map<string, ValueField>();
  for (const { name, type, options, match } of resource.fields) {
    fields.set(name, { name, type, options, kind: match ? 0 : null, required: false, unique: false });
  }
  const data: [name: string, sent: JsonValue][] = [];
  for (const [name, sent] of Object.entries(value)) {
    const isSystem = !fields.has(name) && /^_[a-z][a-z0-9_]{0,62}$/.test(name);
    if (isSystem) fields.set(name, systemField(name));
    data.push([name, isSystem && typeof sent === 'boolean' ? String(sent) : sent]);
  }
  const unknown = (name: string): RowError =>
    rowError(name.slice(0, 64).toWellFormed(), `resource ${resource.id} has no such subscription field`);
  const patch = parseFieldPatch({ database, fields, unknown }, Object.fromEntries(data));
  return patch.ok ? patch : failure(`custom_fields.${patch.error.text}`);
}

function parseOrigin(raw: JsonObject): Parsed<SubscriptionPatch['origin']> {
  const sentDate = ownValue(raw, 'date') ?? null;
  const date =
    typeof sentDate === 'string' || typeof sentDate === 'number' ? toDatetime(sentDate) : undefined;
  if (sentDate !== null && date === undefined) return failure('date: expected a date and time');
  const texts: { ip?: string; url?: string } = {};
  for (const key of ['ip', 'url'] as const) {
    const value = ownValue(raw, key);
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH || textFault(value) !== undefined) {
      return failure(`${key}: expected a text of at most ${MAX_TEXT_LENGTH} characters`);
    }
    texts[key] = value;
  }
  return success({ ...texts, ...(date === undefined ? {} : { date }) });
}

/** Reads one subscription. The failure says which of its keys is wrong and what was expected. */
function parseSubscription(shape: ProfileShape, raw: JsonValue): Parsed<SubscriptionPatch> {
  if (!isJsonObject(raw)) return failure('expected an object for each subscription');
  const resource = parseResource(shape, raw);
  if (!resource.ok) return resource;
  const channel = parseChannel(raw, resource.value);
  if (!channel.ok) return channel;
  const contact = parseContact(raw, channel.value, shape.database);
  if (!contact.ok) return contact;
  const status = parseStatus(ownValue(raw, 'status'));
  if (!status.ok) return status;
  const priority = parsePriority(ownValue(raw, 'priority'));
  if (!priority.ok) return priority;
  const categories = parseCategories(ownValue(raw, 'cats'), resource.value);
  if (!categories.ok) return categories;
  const customFields = parseCustomFields(ownValue(raw, 'custom_fields'), resource.value, shape.database);
  if (!customFields.ok) return customFields;
  const origin = parseOrigin(raw);
  if (!origin.ok) return origin;
  return success({
    resource: resource.value,
    channel: channel.value,
    contact: contact.value,
    status: status.value,
    priority: priority.value,
    customFields: customFields.value,
    categories: categories.value,
    origin: origin.value,
  });
}

/**
 * Reads `subscriptions` of an item: a list, or a single one.
 * @param skipInvalid whether what does not fit is left out and listed, instead of failing the item.
 */
export function parseSubscriptions(
  shape: ProfileShape,
  value: JsonValue | undefined,
  skipInvalid: boolean,
): Outcome<ParsedSubscriptions, RowError> {
  if (value === undefined || value === null) return success({ patches: [], skipped: [] });
  const list = isJsonObject(value) ? [value] : value;
  if (!Array.isArray(list)) return failure(rowError('subscriptions', 'expected a list of subscriptions'));
  if (list.length > MAX_SUBSCRIPTIONS) {
    return failure(rowError('subscriptions', `more than ${MAX_SUBSCRIPTIONS} in one item`));
  }
  const patches: SubscriptionPatch[] = [];
  const skipped: SkippedSubscription[] = [];
  for (const [index, raw] of list.entries()) {
    const parsed = parseSubscription(shape, raw);
    if (parsed.ok) patches.push(parsed.value);
    else if (skipInvalid) skipped.push({ index, error_text: parsed.error });
    else
      return failure({ code: 400, text: `subscriptions[${index}].${parsed.error}`, field: 'subscriptions' });
  }
  return success({ patches, skipped });
}

/** Numbers and texts of one spelling are the same address: callers of XML have texts alone. */
function sameAddress(left: JsonObject, right: JsonObject): boolean {
  const texts = (data: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
  return sameJson(texts(left), texts(right));
}

/** Whether the subscription is the one that the patch is about. */
export function isSubscriptionOf(
  { resource, channel, contact }: Pick<SubscriptionPatch, 'resource' | 'channel' | 'contact'>,
  subscription: Subscription,
): boolean {
  if (subscription.resource_id !== resource.id || subscription.channel !== channel) return false;
  if ('email' in contact) return subscription.email === contact.email;
  if ('phone' in contact) return subscription.phone === contact.phone;
  if ('cc_data' in contact) return sameAddress(subscription.cc_data ?? {}, contact.cc_data);
  return (
    subscription.provider === contact.provider && subscription.subscription_id === contact.subscription_id
  );
}

function changeSubscription(
  database: Database,
  before: Subscription,
  patch: SubscriptionPatch,
): Outcome<Subscription, RowError> {
  const fields = applyFieldPatch(database, before.custom_fields ?? {}, patch.customFields);
  if (!fields.ok) {
    const text = `subscriptions: custom_fields.${fields.error.text}`;
    return failure({ code: 400, text, field: 'subscriptions' });
  }
  const { custom_fields: _replaced, ...kept } = before;
  const after: Subscription = {
    ...kept,
    status: patch.status ?? before.status,
    priority: patch.priority ?? before.priority,
    ...(Object.keys(fields.value).length === 0 ? {} : { custom_fields: fields.value }),
    ...(patch.categories === undefined ? {} : { cats: [...patch.categories] }),
    ...patch.origin,
  };
  return success(sameJson(before, after) ? before : after);
}

/**
 * Applies the patches in their order.
 * @returns the same list when nothing changes.
 */
export function applySubscriptionPatches(
  shape: ProfileShape,
  subscriptions: readonly Subscription[],
  patches: readonly SubscriptionPatch[],
  now: Date,
): Outcome<readonly Subscription[], RowError> {
  let after = subscriptions;
  for (const patch of patches) {
    const index = after.findIndex((one) => isSubscriptionOf(patch, one));
    const known = after[index];
    if (known === undefined && after.length >= MAX_SUBSCRIPTIONS) {
      return failure(rowError('subscriptions', `a profile has at most ${MAX_SUBSCRIPTIONS}`));
    }
    const before: Subscription = known ?? {
      id: newObjectId(now),
      resource_id: patch.resource.id,
      channel: patch.channel,
      ...patch.contact,
      status: 'subscribed',
      priority: 0,
    };
    const changed = changeSubscription(shape.database, before, patch);
    if (!changed.ok) return changed;
    if (known === undefined) after = [...after, changed.value];
    else if (changed.value !== known) after = after.with(index, changed.value);
  }
  return success(after);
}
