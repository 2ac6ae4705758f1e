import type { HookObject } from '../../../../src/http/admin/hook-contract.ts';
import type { JsonRecord } from '../../parts/json-record.ts';

/** The form of a hook: texts and lists as its fields hold them. */
export interface HookValues {
  readonly name: string;
  readonly url: string;
  readonly events: string[];
  readonly databases: string[];
  readonly resources: string[];
  readonly workflows: string[];
  readonly batchSize: number;
  readonly batchTimeout: number;
  readonly pattern: string;
  readonly headerName: string;
  readonly headerValue: string;
  readonly hasOauth: boolean;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

function texts(ids: readonly number[] | null | undefined): string[] {
  return (ids ?? []).map(String);
}

export function toValues(hook: HookObject | undefined): HookValues {
  return {
    name: hook?.name ?? '',
    url: hook?.url ?? '',
    events: [...(hook?.events ?? [])],
    databases: texts(hook?.filters.database_ids),
    resources: texts(hook?.filters.resource_ids),
    workflows: texts(hook?.filters.workflow_ids),
    batchSize: hook?.batch_size ?? 100,
    batchTimeout: hook?.batch_timeout ?? 5,
    pattern: hook?.success_pattern ?? '',
    headerName: hook?.header?.name ?? '',
    headerValue: '',
    hasOauth: hook !== undefined && hook.oauth2 !== null,
    tokenUrl: hook?.oauth2?.token_url ?? '',
    clientId: hook?.oauth2?.client_id ?? '',
    clientSecret: '',
    scope: hook?.oauth2?.scope ?? '',
  };
}

function ids(list: readonly string[]): number[] | null {
  return list.length === 0 ? null : list.map(Number);
}

/** What the header becomes: undefined = it stays, since its value is shown to nobody. */
function headerOf({ headerName, headerValue }: HookValues, old: HookObject | undefined) {
  if (headerName.trim() === '') return { header: null };
  const isKept = headerValue === '' && old?.header?.name === headerName.trim();
  return isKept ? {} : { header: { name: headerName.trim(), value: headerValue } };
}

function oauthOf(values: HookValues) {
  if (!values.hasOauth) return { oauth2: null };
  const { tokenUrl, clientId, clientSecret, scope } = values;
  return {
    oauth2: {
      token_url: tokenUrl.trim(),
      client_id: clientId.trim(),
      scope: scope.trim() === '' ? null : scope.trim(),
      ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    },
  };
}

/** The body of a request that makes or changes a hook. */
export function toBody(values: HookValues, customData: JsonRecord, old: HookObject | undefined): JsonRecord {
  return {
    name: values.name.trim(),
    url: values.url.trim(),
    events: values.events.length === 0 ? null : values.events,
    filters: {
      database_ids: ids(values.databases),
      resource_ids: ids(values.resources),
      workflow_ids: ids(values.workflows),
    },
    batch_size: values.batchSize,
    batch_timeout: values.batchTimeout,
    success_pattern: values.pattern === '' ? null : values.pattern,
    ...headerOf(values, old),
    ...oauthOf(values),
    custom_data: customData,
  };
}

/** Whether a ping would tell something new: of another target, another way in, or another answer that is good. */
export function isOtherTarget(values: HookValues, old: HookObject | undefined): boolean {
  if (old === undefined || values.headerValue !== '' || values.clientSecret !== '') return true;
  const before = toValues(old);
  const keys = ['url', 'pattern', 'headerName', 'hasOauth', 'tokenUrl', 'clientId', 'scope'] as const;
  return keys.some((key) => values[key] !== before[key]);
}
