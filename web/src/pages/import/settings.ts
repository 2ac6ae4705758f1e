import type { Query } from '../../api/client.ts';
import type { JsonRecord } from '../../parts/json-record.ts';
import type { ColumnMapping } from './mapping.ts';

export const matchings = ['email', 'email_profile', 'phone', 'email_phone', 'custom', 'profile_id'] as const;
export type Matching = (typeof matchings)[number];

/** What is said once for all rows. */
export interface ImportSettings {
  /** null = imported into the database and sent nowhere. */
  readonly workflowId: number | null;
  readonly databaseId: number | null;
  readonly matching: Matching;
  /** Of the mode `custom`. */
  readonly fieldName: string | null;
  readonly skipTriggers: boolean;
  readonly skipInvalid: boolean;
  readonly detectGeo: boolean;
  /** undefined = what stands in the editor is no object. */
  readonly content: JsonRecord | undefined;
  readonly customData: JsonRecord | undefined;
}

export const firstSettings: ImportSettings = {
  ...{ workflowId: null, databaseId: null, matching: 'email', fieldName: null },
  ...{ skipTriggers: false, skipInvalid: false, detectGeo: false, content: {}, customData: {} },
};

/** The keys of a request that stand in its address. */
export function keysOf(settings: ImportSettings): Query {
  const { workflowId, databaseId, matching, fieldName, skipTriggers, skipInvalid, detectGeo } = settings;
  return {
    ...(workflowId === null ? { db_id: databaseId ?? undefined } : { workflow_id: workflowId }),
    matching,
    field_name: matching === 'custom' ? (fieldName ?? undefined) : undefined,
    skip_triggers: skipTriggers || undefined,
    skip_invalid_subscriptions: skipInvalid || undefined,
    detect_geo: detectGeo || undefined,
  };
}

/** Those that are documents. */
export function documentsOf({
  workflowId,
  content = {},
  customData = {},
}: ImportSettings): Record<string, JsonRecord> {
  return {
    // Without a workflow there is nobody to read it.
    ...(workflowId === null || Object.keys(content).length === 0 ? {} : { content }),
    ...(Object.keys(customData).length === 0 ? {} : { custom_data: customData }),
  };
}

/** What is wrong with the columns before the server is asked; `key` names words, `value` what stands in them. */
export type ColumnFault =
  | { readonly key: 'nothing' }
  | { readonly key: 'twice' | 'noKey'; readonly value: string };

const keyFields: Readonly<Record<Exclude<Matching, 'custom' | 'profile_id'>, readonly string[]>> = {
  email: ['email'],
  email_profile: ['email'],
  phone: ['phones'],
  email_phone: ['email', 'phones'],
};

function hasKey({ matching, fieldName }: ImportSettings, mappings: readonly ColumnMapping[]): boolean {
  const targets = mappings.map(({ target }) => target);
  if (matching === 'profile_id') return targets.some(({ kind }) => kind === 'profile_id');
  const wanted = matching === 'custom' ? [fieldName ?? ''] : keyFields[matching];
  const isField = targets.some((target) => target.kind === 'field' && wanted.includes(target.field));
  // Addresses of subscriptions are looked in as well.
  return isField || (matching !== 'custom' && targets.some(({ kind }) => kind === 'subscription'));
}

export function findColumnFault(
  settings: ImportSettings,
  mappings: readonly ColumnMapping[],
): ColumnFault | undefined {
  const fields = mappings.flatMap(({ target }) => (target.kind === 'field' ? [target.field] : []));
  if (mappings.every(({ target }) => target.kind === 'ignore')) return { key: 'nothing' };
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) return { key: 'twice', value: twice };
  if (hasKey(settings, mappings)) return undefined;
  const { matching, fieldName } = settings;
  if (matching === 'profile_id') return { key: 'noKey', value: 'profile_id' };
  const key = matching === 'custom' ? (fieldName ?? '') : keyFields[matching].join(', ');
  return { key: 'noKey', value: key };
}
