/** The part of JSON Schema that settings of nodes are described by. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly 'x-ref'?: string;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function toSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

/** The words that a text may be; undefined = any. */
export function wordsOf({ enum: words, anyOf }: Schema): string[] | undefined {
  if (words !== undefined) return words.map(String);
  const constants = anyOf?.map((one) => one.const);
  return constants?.every((one) => typeof one === 'string') ? constants.map(String) : undefined;
}

/** What a field for the setting looks like. */
export type FieldKind =
  | 'choice'
  | 'switch'
  | 'number'
  | 'reference'
  | 'references'
  | 'duration'
  | 'time'
  | 'field'
  | 'send-node'
  | 'text'
  | 'long-text'
  | 'filter'
  | 'content-filter'
  | 'entries'
  | 'json'
  | 'days'
  | 'texts'
  | 'branches'
  | 'object';

const byFormat: Readonly<Record<string, FieldKind>> = {
  filter: 'filter',
  'content-filter': 'content-filter',
  duration: 'duration',
  time: 'time',
  field: 'field',
  'send-node': 'send-node',
  url: 'long-text',
  headers: 'entries',
  'field-values': 'json',
  'template-json': 'json',
};

/** @param key of the setting, for what the schema alone does not tell. */
export function kindOf(key: string, schema: Schema): FieldKind {
  if (key === 'branches') return 'branches';
  const formatted = byFormat[schema.format ?? ''];
  if (formatted !== undefined) return formatted;
  if (schema['x-ref'] !== undefined) return 'reference';
  if (wordsOf(schema) !== undefined) return 'choice';
  if (schema.type === 'boolean') return 'switch';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'array') {
    if (schema.items?.['x-ref'] !== undefined) return 'references';
    return schema.items !== undefined && wordsOf(schema.items) !== undefined ? 'days' : 'texts';
  }
  return schema.type === 'object' ? 'object' : 'text';
}
