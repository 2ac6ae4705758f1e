import type { FieldType, ShapeField } from '../../profiles/index.ts';

/** A field as `fields_get` of the platform answers it; `options` and `match` are ours. */
export interface FieldDescription {
  readonly category: 'custom' | 'system';
  readonly title: string;
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly dictionary?: string;
  readonly options?: readonly string[];
  readonly match: boolean;
}

/** The keys of a field in a table, in the order in which answers print them. */
export const fieldColumns = [
  'category',
  'title',
  'name',
  'required',
  'type',
  'dictionary',
  'options',
  'match',
] as const;

/** Types as the platform spells them, where that is known: `int` and `bool` are the same, others keep our names. */
function typeKeys(
  type: FieldType | ShapeField['type'],
): Pick<FieldDescription, 'type' | 'dictionary' | 'options'> {
  if (type === 'string') return { type: 'unicode' };
  if (type === 'zone') return { type: 'unicode', dictionary: 'tz' };
  if (type === 'sex') return { type: 'enum', options: ['male', 'female'] };
  return { type };
}

export function describeField(
  category: FieldDescription['category'],
  field: {
    readonly name: string;
    readonly type: FieldType | ShapeField['type'];
    readonly options: readonly string[] | null;
    readonly match: boolean;
    /** Absent = such fields are never required. */
    readonly required?: boolean;
  },
): FieldDescription {
  return {
    ...{ category, title: field.name, name: field.name, required: field.required ?? false },
    ...typeKeys(field.type),
    ...(field.options === null ? {} : { options: field.options }),
    match: field.match,
  };
}
