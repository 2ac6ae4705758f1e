import type { Database, Field, FieldType } from './database.ts';

/** How a value is coerced: the types of custom fields and those that only standard fields have. */
export type ValueType = FieldType | 'email' | 'phones' | 'sex' | 'zone';

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
  _vendor: 'string',
  _status: 'int',
};

/** identity.kind of what a profile is found by; match fields have `FIRST_FIELD_KIND + field.id`. Stored. */
const EMAIL_KIND = 1;
const PHONE_KIND = 2;
const FIRST_FIELD_KIND = 100;

export interface ShapeField {
  readonly name: string;
  readonly type: ValueType;
  readonly options: readonly string[] | null;
  /** identity.kind when the field is found by index, else null. */
  readonly kind: number | null;
}

/** Everything that is needed to check and store profiles of one database, loaded once per batch. */
export interface ProfileShape {
  readonly database: Database;
  readonly fields: ReadonlyMap<string, ShapeField>;
  /** The fields among them that identities are kept for. */
  readonly matchFields: readonly ShapeField[];
}

function kindOfStandard(name: string): number | null {
  if (name === 'email') return EMAIL_KIND;
  return name === 'phones' ? PHONE_KIND : null;
}

export function createShape(database: Database, custom: readonly Field[]): ProfileShape {
  const fields = new Map<string, ShapeField>();
  for (const [name, type] of Object.entries(standardFields)) {
    fields.set(name, { name, type, options: null, kind: kindOfStandard(name) });
  }
  for (const field of custom) {
    const kind = field.match ? FIRST_FIELD_KIND + field.id : null;
    fields.set(field.name, { name: field.name, type: field.type, options: field.options, kind });
  }
  const matchFields = [...fields.values()].filter((field) => field.kind !== null);
  return { database, fields, matchFields };
}

/** Letters of any script, digits, `_` and `-`; not what JavaScript objects come with. At most 64 characters. */
export function fieldNameFault(name: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u.test(name)) {
    return 'expected a name of 1 to 64 letters, digits, _ or -, beginning with a letter or _';
  }
  if (name in {} || name === 'prototype') return 'this name is reserved';
  return undefined;
}
