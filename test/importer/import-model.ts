import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../src/base/index.ts';

/** A contact of a subscription, or what a profile is matched by: e-mail, phone, token of a device, number of a chat. */
export interface Contact {
  readonly kind: 'email' | 'phone' | 'push' | 'chat';
  readonly value: string;
}

export interface ModelSubscription {
  readonly resource: number;
  readonly contact: Contact;
  readonly status: string | undefined;
  readonly priority: number | undefined;
}

export type Filter =
  | { readonly card: string }
  | { readonly cards: readonly string[] }
  | { readonly points: number };

/** What one item says. `beside` are values to match by that stand outside of the data. */
export interface ModelItem {
  readonly beside: ModelValues;
  readonly filter: Filter;
  readonly email: string | undefined;
  readonly phones: readonly string[] | undefined;
  readonly card: string | undefined;
  readonly points: number | 'many' | { readonly incr: number } | undefined;
  readonly marks:
    | { readonly action: 'set' | 'add' | 'delete' | 'unset'; readonly value: readonly string[] }
    | undefined;
  readonly subscriptions: readonly ModelSubscription[];
  readonly badSubscription: boolean;
}

export interface ModelValues {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly card?: string | undefined;
  readonly push?: string | undefined;
  readonly chat?: string | undefined;
  readonly profile?: string | undefined;
}

export const modes = [
  ...['email', 'email_profile', 'email_sub', 'phone', 'phone_sub', 'profile_id', 'custom', 'custom_sub'],
  ...['push_sub', 'email_phone', 'email_phone_sub', 'filter'],
] as const;

export interface ModelRequest {
  readonly mode: string;
  readonly missing: 'create' | 'refuse' | 'add';
  readonly root: ModelValues;
  readonly resource: number | undefined;
  readonly skipsInvalid: boolean;
  readonly items: readonly ModelItem[];
}

export interface ModelProfile {
  id: string | undefined;
  fields: JsonObject;
  subscriptions: Required<ModelSubscription>[];
}

export type Told =
  | { readonly ok: true; readonly profile: ModelProfile; readonly state: 'created' | 'updated' | 'unchanged' }
  | {
      readonly ok: false;
      readonly code: number;
      readonly field: string;
      readonly state: 'invalid' | 'ambiguous' | 'notFound';
    };

function refused(code: 400 | 404 | 409, field: string, state: 'invalid' | 'ambiguous' | 'notFound'): Told {
  return { ok: false, code, field, state };
}

function invalid(field: string): Told {
  return refused(400, field, 'invalid');
}

/** What an item is looked for by. `wanted` are values of which one must be found in one of the places. */
interface Key {
  readonly name: string;
  readonly wanted: readonly { readonly kind: string; readonly value: string }[];
  readonly inProfile: boolean;
  readonly inSubscriptions: boolean;
  readonly seed: JsonObject;
}

const firstOf = (item: ModelItem, kind: Contact['kind']): string | undefined =>
  item.subscriptions.find(({ contact }) => contact.kind === kind)?.contact.value;

/** CONTRACT.md 2, by one who does not care how long it takes. Undefined = there is no value to match by. */
export function keyOf({ mode, root }: Pick<ModelRequest, 'mode' | 'root'>, item: ModelItem): Key | undefined {
  const isSub = mode.endsWith('_sub');
  const own = (kind: Contact['kind']): string | undefined => (isSub ? firstOf(item, kind) : undefined);
  const email = item.beside.email ?? item.email ?? own('email') ?? root.email;
  const phone = item.beside.phone ?? item.phones?.[0] ?? own('phone') ?? root.phone;
  const places = { inProfile: !isSub, inSubscriptions: mode !== 'email_profile' && mode !== 'custom' };
  const make = (
    name: string,
    values: Record<string, string | undefined>,
    seed: JsonObject,
  ): Key | undefined => {
    const wanted = Object.entries(values).flatMap(([kind, value]) =>
      value === undefined ? [] : [{ kind, value }],
    );
    return wanted.length === 0 ? undefined : { name, wanted, ...places, seed: isSub ? {} : seed };
  };
  const seeds = {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phones: [phone] }),
  };
  switch (mode) {
    case 'email':
    case 'email_profile':
    case 'email_sub':
      return make('email', { email }, { email: email ?? '' });
    case 'phone':
    case 'phone_sub':
      return make('phones', { phone }, { phones: [phone ?? ''] });
    case 'email_phone':
    case 'email_phone_sub':
      return make(email === undefined ? 'phones' : 'email', { email, phone }, seeds);
    case 'custom': {
      const card = item.beside.card ?? item.card ?? root.card;
      return make('card', { card }, { card: card ?? '' });
    }
    case 'custom_sub':
      return make('id', { chat: item.beside.chat ?? own('chat') ?? root.chat }, {});
    case 'push_sub':
      return make('subscription_id', { push: item.beside.push ?? own('push') ?? root.push }, {});
    default:
      return make('profile_id', { profile: item.beside.profile ?? root.profile }, {});
  }
}

function nameOfKey(mode: string): string {
  const names: Record<string, string> = {
    ...{ phone: 'phones', phone_sub: 'phones', custom: 'card', custom_sub: 'id', push_sub: 'provider' },
    ...{ profile_id: 'profile_id', filter: 'custom_request' },
  };
  return names[mode] ?? 'email';
}

/** The profiles of a database, and what requests do to them. */
export class ImportModel {
  profiles: ModelProfile[] = [];
  readonly #unique: readonly string[];

  /** @param unique fields of which no two profiles may have the same value. */
  constructor(unique: readonly string[]) {
    this.#unique = unique;
  }

  apply(request: ModelRequest, item: ModelItem): Told {
    const { mode, missing } = request;
    const isAdd = missing === 'add';
    const key = isAdd || mode === 'filter' ? undefined : keyOf(request, item);
    if (key === undefined && !isAdd && mode !== 'filter') return invalid(nameOfKey(mode));
    if (key?.wanted.some(({ value }) => value === 'nobody')) return invalid(key.name);
    if (item.email === 'nobody') return invalid('email');
    if (item.points === 'many') return invalid('points');
    if (item.badSubscription && !request.skipsInvalid) return invalid('subscriptions');
    const found = this.profiles.filter((profile) =>
      key === undefined ? !isAdd && meets(profile, item.filter) : isFound(profile, key, request.resource),
    );
    const name = key?.name ?? nameOfKey(mode);
    if (found.length > 1) return refused(409, name, 'ambiguous');
    const [known] = found;
    if (known === undefined && (missing === 'refuse' || mode === 'profile_id') && !isAdd) {
      return refused(404, name, 'notFound');
    }
    const before = known ?? { id: undefined, fields: key?.seed ?? {}, subscriptions: [] };
    const after = patch(before, item);
    if (after === undefined) return invalid('points');
    if (
      known === undefined &&
      mode.endsWith('_sub') &&
      key !== undefined &&
      !isFound(after, key, request.resource)
    ) {
      return invalid(name);
    }
    const taken = this.#unique.find((field) => {
      const value = after.fields[field];
      if (value === undefined || value === known?.fields[field]) return false;
      return this.profiles.some((other) => other !== known && other.fields[field] === value);
    });
    if (taken !== undefined) return refused(409, taken, 'invalid');
    if (known === undefined) {
      this.profiles.push(after);
      return { ok: true, profile: after, state: 'created' };
    }
    const isSame = isDeepStrictEqual(known, after);
    Object.assign(known, after);
    return { ok: true, profile: known, state: isSame ? 'unchanged' : 'updated' };
  }
}

function meets({ fields }: ModelProfile, filter: Filter): boolean {
  if ('points' in filter) return fields['points'] === filter.points;
  const cards = 'card' in filter ? [filter.card] : filter.cards;
  return cards.some((card) => card === fields['card']);
}

function isFound(profile: ModelProfile, key: Key, resource: number | undefined): boolean {
  return key.wanted.some(({ kind, value }) => {
    if (kind === 'profile') return profile.id === value;
    const { email, phones, card } = profile.fields;
    const isOwn =
      (kind === 'email' && email === value) ||
      (kind === 'phone' && Array.isArray(phones) && phones.includes(value)) ||
      (kind === 'card' && card === value);
    const isSubscribed = profile.subscriptions.some(
      (one) =>
        one.contact.kind === kind &&
        one.contact.value === value &&
        (resource === undefined || one.resource === resource),
    );
    return (key.inProfile && isOwn) || (key.inSubscriptions && isSubscribed);
  });
}

/** Undefined = points that no number holds. */
function patch(before: ModelProfile, item: ModelItem): ModelProfile | undefined {
  const fields = { ...before.fields };
  if (item.email !== undefined) fields['email'] = item.email;
  if (item.phones !== undefined) fields['phones'] = [...new Set(item.phones)];
  if (item.card !== undefined) fields['card'] = item.card;
  if (typeof item.points === 'number') fields['points'] = item.points;
  if (typeof item.points === 'object') {
    const sum = Number(fields['points'] ?? 0) + item.points.incr;
    if (!Number.isSafeInteger(sum)) return undefined;
    fields['points'] = sum;
  }
  if (item.marks !== undefined) {
    const { action, value } = item.marks;
    const old = Array.isArray(fields['marks']) ? fields['marks'].map(String) : undefined;
    const marks = {
      set: () => value,
      add: () => [...(old ?? []), ...value],
      delete: () => old?.filter((mark) => !value.includes(mark)),
      unset: () => undefined,
    }[action]();
    if (marks === undefined) delete fields['marks'];
    else fields['marks'] = [...new Set(marks)].sort();
  }
  const subscriptions = [...before.subscriptions];
  for (const { resource, contact: sent, status, priority } of item.subscriptions) {
    const contact = { ...sent };
    const at = subscriptions.findIndex(
      (one) => one.resource === resource && isDeepStrictEqual(one.contact, contact),
    );
    const old = subscriptions[at] ?? { resource, contact, status: 'subscribed', priority: 0 };
    const changed = { ...old, status: status ?? old.status, priority: priority ?? old.priority };
    if (at < 0) subscriptions.push(changed);
    else subscriptions[at] = changed;
  }
  return { id: before.id, fields, subscriptions };
}
