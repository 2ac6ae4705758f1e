import type { Database, Field, ValueType } from './database.ts';
import type { Resource } from './resource.ts';

/** The fields that every profile may have (CONTRACT.md 5), by name. */
export const standardFields: Readonly<Record<string, ValueType>> = {
  email: 'email',
  phones: 'phones',
  _fname: 'string',
  _lname: 'string',
  _bdate: 'date',
  _sex: 'sex',
  _regdate: 'datetime',
  _regip: 'ip',
  _regcity: 'string',
  _regcountry: 'string',
  _regurl: 'string',
  _ip: 'ip',
  _city: 'string',
  _country: 'string',
  _region: 'string',
  _postal_code: 'string',
  _tz: 'zone',
  _lat: 'float',
  _lon: 'float',
  _vendor: 'string',
  _status: 'int',
};

export function isStandardField(name: string): boolean {
  return Object.hasOwn(standardFields, name);
}

/** identity.kind of what a profile is found by; match fields have `FIRST_FIELD_KIND + field.id`. Stored. */
export const kinds = {
  email: 1,
  phone: 2,
  subscriptionEmail: 3,
  subscriptionPhone: 4,
  subscriptionPush: 5,
  /** Other contacts and match fields of subscriptions: the value begins with the name. */
  subscriptionOther: 6,
} as const;
const FIRST_FIELD_KIND = 100;

export function kindOfField(fieldId: number): number {
  return FIRST_FIELD_KIND + fieldId;
}

/** What is needed to coerce a value: of a profile's field, or of a subscription's. */
export interface ValueField {
  readonly name: string;
  readonly type: ValueType;
  readonly options: readonly string[] | null;
  /** identity.kind when values of the field are kept as identities, else null. */
  readonly kind: number | null;
  /** Whether the field can never be taken away. */
  readonly required: boolean;
  /** Whether no two profiles may have the same value. */
  readonly unique: boolean;
}

export interface ShapeField extends ValueField {
  /** Whether the identities are complete, so that matching may rely on them. */
  readonly indexed: boolean;
}

/** Everything that is needed to check and store profiles of one database, loaded once per batch. */
export interface ProfileShape {
  readonly database: Database;
  readonly fields: ReadonlyMap<string, ShapeField>;
  /** The fields among them that identities are kept for. */
  readonly matchFields: readonly ShapeField[];
  /** Those of which no two profiles may have the same value. They have a kind. */
  readonly uniqueFields: readonly ShapeField[];
  readonly requiredFields: readonly ShapeField[];
  /** The resources that profiles of the database may subscribe to. */
  readonly resources: ReadonlyMap<number, Resource>;
}

function kindOfStandard(name: string): number | null {
  if (name === 'email') return kinds.email;
  return name === 'phones' ? kinds.phone : null;
}

function standardField(name: string, type: ValueType, database: Database): ShapeField {
  return {
    ...{ name, type, options: null, kind: kindOfStandard(name), indexed: true, required: false },
    unique: name === 'email' && database.uniqueEmail,
  };
}

/** @param declared the custom fields, and standard ones of which something is declared. */
export function createShape(
  database: Database,
  declared: readonly Field[],
  resources: readonly Resource[],
): ProfileShape {
  const fields = new Map<string, ShapeField>();
  for (const [name, type] of Object.entries(standardFields)) {
    fields.set(name, standardField(name, type, database));
  }
  for (const { id, name, type, options, match, indexed, unique, required } of declared) {
    const kind = match || unique ? kindOfField(id) : null;
    fields.set(name, { name, type, options, kind, indexed, unique, required });
  }
  const all = [...fields.values()];
  return {
    database,
    fields,
    matchFields: all.filter((field) => field.kind !== null),
    uniqueFields: all.filter((field) => field.unique),
    requiredFields: all.filter((field) => field.required),
    resources: new Map(resources.map((resource) => [resource.id, resource])),
  };
}

/** Letters of any script, digits, `_` and `-`; not what JavaScript objects come with. At most 64 characters. */
export function fieldNameFault(name: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u.test(name)) {
    return 'expected a name of 1 to 64 letters, digits, _ or -, beginning with a letter or _';
  }
  if (name in {} || name === 'prototype' || name === 'subscriptions' || name === 'segments') {
    return 'this name is reserved';
  }
  return undefined;
}
