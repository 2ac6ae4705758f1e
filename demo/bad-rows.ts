import type { JsonObject, JsonValue } from '../src/base/index.ts';

/** What can be wrong with a row, and how a good one becomes such a row. */
const spoilers = {
  phone: (data) => ({ data: { ...data, phones: 'call me' } }),
  email: (data) => ({ data: { ...data, email: 'anna at home' } }),
  enum: (data) => ({ data: { ...data, loyalty: 'diamond' } }),
  'unknown field': (data) => ({ data: { ...data, favourite_colour: 'green' } }),
  date: (data) => ({ data: { ...data, _bdate: '2001-02-30' } }),
  'no match value': ({ CRM_ID, ...data }) => ({ data }),
  'null item': () => null,
  'number item': () => 42,
  'NUL character': (data) => ({ data: { ...data, _lname: 'Smith\u0000' } }),
  'half a surrogate pair': (data) => ({ data: { ...data, _fname: 'Anna \ud83d' } }),
  'beyond 2^53': (data) => ({ data: { ...data, bonus: 2 ** 53 + 2 } }),
  'text for a number': (data) => ({ data: { ...data, bonus: 'a lot' } }),
} as const satisfies Record<string, (data: JsonObject) => JsonValue>;

export const badRowKinds = Object.keys(spoilers);

/** The n-th bad row, made of a good profile; the kinds take turns. */
export function makeBadRow(
  n: number,
  profile: JsonObject,
): { readonly kind: string; readonly item: JsonValue } {
  const all: readonly (readonly [string, (data: JsonObject) => JsonValue])[] = Object.entries(spoilers);
  const [kind, spoil] = all[n % all.length] ?? ['null item', () => null];
  return { kind, item: spoil(profile) };
}
