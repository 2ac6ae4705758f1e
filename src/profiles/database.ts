/** The types of custom fields. */
export const fieldTypes = [
  'int',
  'float',
  'string',
  'bool',
  'date',
  'datetime',
  'enum',
  'ip',
  'tags',
  'object',
  'objects',
] as const;
export type FieldType = (typeof fieldTypes)[number];
/** How a value is coerced: the types of custom fields and those that only standard fields have. */
export const valueTypes = [...fieldTypes, 'email', 'phones', 'sex', 'zone'] as const;
export type ValueType = (typeof valueTypes)[number];

export const unknownFieldPolicies = ['reject', 'ignore', 'create'] as const;
export type UnknownFields = (typeof unknownFieldPolicies)[number];

export const sexNumberings = ['0/1', '1/2'] as const;
export type SexNumbers = (typeof sexNumberings)[number];

export interface Database {
  readonly id: number;
  readonly name: string;
  readonly unknownFields: UnknownFields;
  /** ISO 3166 code: phones without a + are read as national numbers of this country. */
  readonly phoneCountry: string;
  /** What the numbers of `_sex` mean, male/female. */
  readonly sexNumbers: SexNumbers;
  /** Whether no two profiles may have one e-mail address of their own. */
  readonly uniqueEmail: boolean;
  readonly createdAt: Date;
}

/** A custom field, or a standard one of which something is declared. */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: ValueType;
  /** The values of an enum in the order of their ordinals, from 0; null for other types. */
  readonly options: readonly string[] | null;
  /** Whether profiles are found by it through an index. */
  readonly match: boolean;
  /** False while the index of a match field is built from profiles that were there before. */
  readonly indexed: boolean;
  /** Whether no two profiles may have the same value. */
  readonly unique: boolean;
  /** Whether a new profile must have it, and no profile can lose it. */
  readonly required: boolean;
  readonly createdAt: Date;
}
