import { type JsonObject, type JsonValue, slotOf } from '../base/index.ts';
import type { ProfileShape } from './fields.ts';

/** Something that a profile is found by, normalised. `slot` is that of the value. */
export interface Identity {
  readonly slot: number;
  readonly kind: number;
  readonly value: string;
}

/** The text by which a coerced value is found: tags, which are kept sorted, joined by commas. */
export function matchText(value: JsonValue): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** All identities of a profile with these fields; a phone number is one each, a set of tags is one as a whole. */
export function identitiesOf(shape: ProfileShape, fields: JsonObject): Identity[] {
  const identities: Identity[] = [];
  for (const field of shape.matchFields) {
    const value = fields[field.name];
    if (value === undefined || value === null || field.kind === null) continue;
    const texts = field.type === 'phones' && Array.isArray(value) ? value.map(String) : [matchText(value)];
    for (const text of texts) {
      // Nothing is looked for by an empty value.
      if (text !== '') identities.push({ slot: slotOf(text), kind: field.kind, value: text });
    }
  }
  return identities;
}

/** Names an identity among those of one database; also the `text` of a match key. */
export function keyOf(identity: Pick<Identity, 'kind' | 'value'>): string {
  return `${identity.kind} ${identity.value}`;
}

/** What must be deleted and inserted when a profile's fields change. */
export function diffIdentities(
  before: readonly Identity[],
  after: readonly Identity[],
): { gone: Identity[]; fresh: Identity[] } {
  const old = new Set(before.map(keyOf));
  const kept = new Set(after.map(keyOf));
  return {
    gone: before.filter((identity) => !kept.has(keyOf(identity))),
    fresh: after.filter((identity) => !old.has(keyOf(identity))),
  };
}
