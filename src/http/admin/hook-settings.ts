import { invalidRequest, type JsonObject, storageFault } from '../../base/index.ts';
import {
  type Hook,
  type HookChange,
  type HookSettings,
  type Oauth2,
  readSuccessPattern,
} from '../../hooks/index.ts';
import { checkTargetUrl, connectionHeaders } from '../../outbound/index.ts';
import type { HookObject, HookPatch } from './hook-contract.ts';

/** Headers that a delivery has by itself, beside those that the connection is run by. */
const deliveryHeaders = new Set([
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type', 'user-agent'],
  ...['accept-encoding', 'proxy-authorization'],
]);

export const defaultSettings: HookSettings = {
  name: '',
  url: '',
  filter: { types: null, databaseIds: null, workflowIds: null, resourceIds: null },
  batchSize: 100,
  batchTimeoutSeconds: 5,
  successPattern: null,
  headerName: null,
  oauth2: null,
  customData: {},
};

function requireTarget(url: string, field: string, allowPrivate: boolean): void {
  const fault = checkTargetUrl(url, allowPrivate);
  if (fault !== undefined) throw invalidRequest(field, fault);
}

function readOauth2(given: NonNullable<HookPatch['oauth2']>): Oauth2 {
  const { token_url: tokenUrl, client_id: clientId, scope = null, auth = 'basic' } = given;
  return { tokenUrl, clientId, scope, auth };
}

function requireStorable(customData: JsonObject): void {
  const fault = storageFault(customData, 'custom_data');
  if (fault !== undefined) throw invalidRequest('custom_data', fault.slice('custom_data'.length + 2));
}

function requireHeader({ headerName, oauth2 }: HookSettings): void {
  if (headerName === null) return;
  const name = headerName.toLowerCase();
  if (deliveryHeaders.has(name) || connectionHeaders.has(name)) {
    throw invalidRequest('header.name', 'a delivery has this header by itself');
  }
  if (oauth2 !== null && name === 'authorization') {
    throw invalidRequest('header.name', 'authorization is what oauth2 sends its token in');
  }
}

/**
 * What a body changes of a hook. `oauth2` without `client_secret` keeps the one that is stored.
 * @throws {MusterError} 400 for settings that cannot work.
 */
export function applyBody(now: HookChange, body: HookPatch, allowPrivate: boolean): HookChange {
  const { settings, secrets } = now;
  const { filters = {}, header, oauth2, success_pattern: pattern } = body;
  const { filter } = settings;
  const changed: HookSettings = {
    name: body.name ?? settings.name,
    url: body.url ?? settings.url,
    filter: {
      types: body.events === undefined ? filter.types : body.events,
      databaseIds: filters.database_ids === undefined ? filter.databaseIds : filters.database_ids,
      resourceIds: filters.resource_ids === undefined ? filter.resourceIds : filters.resource_ids,
      workflowIds: filters.workflow_ids === undefined ? filter.workflowIds : filters.workflow_ids,
    },
    batchSize: body.batch_size ?? settings.batchSize,
    batchTimeoutSeconds: body.batch_timeout ?? settings.batchTimeoutSeconds,
    successPattern: pattern === undefined ? settings.successPattern : pattern,
    headerName: header === undefined ? settings.headerName : (header?.name ?? null),
    oauth2: oauth2 === undefined ? settings.oauth2 : oauth2 === null ? null : readOauth2(oauth2),
    customData: body.custom_data ?? settings.customData,
  };
  requireTarget(changed.url, 'url', allowPrivate);
  if (changed.oauth2 !== null) requireTarget(changed.oauth2.tokenUrl, 'oauth2.token_url', allowPrivate);
  requireHeader(changed);
  requireStorable(changed.customData);
  if (changed.successPattern !== null) {
    const read = readSuccessPattern(changed.successPattern);
    if (!read.ok) throw invalidRequest('success_pattern', read.error);
  }
  const clientSecret =
    changed.oauth2 === null
      ? null
      : oauth2?.client_secret === undefined
        ? secrets.clientSecret
        : oauth2.client_secret;
  if (changed.oauth2 !== null && clientSecret === null) {
    throw invalidRequest('oauth2.client_secret', 'is missing');
  }
  const headerValue = header === undefined ? secrets.headerValue : (header?.value ?? null);
  const hasSecret = header !== undefined || oauth2 !== undefined;
  return {
    settings: changed,
    secrets: hasSecret ? { ...secrets, headerValue, clientSecret } : secrets,
    isActive: body.active ?? now.isActive,
  };
}

function listOrNull(ids: readonly number[] | null): number[] | null {
  return ids === null ? null : [...ids];
}

export function toHookObject(stored: Hook): HookObject {
  const { filter, oauth2 } = stored;
  return {
    id: stored.id,
    name: stored.name,
    url: stored.url,
    events: filter.types === null ? null : [...filter.types],
    filters: {
      database_ids: listOrNull(filter.databaseIds),
      resource_ids: listOrNull(filter.resourceIds),
      workflow_ids: listOrNull(filter.workflowIds),
    },
    batch_size: stored.batchSize,
    batch_timeout: stored.batchTimeoutSeconds,
    success_pattern: stored.successPattern,
    header: stored.headerName === null ? null : { name: stored.headerName },
    oauth2:
      oauth2 === null
        ? null
        : { token_url: oauth2.tokenUrl, client_id: oauth2.clientId, scope: oauth2.scope, auth: oauth2.auth },
    custom_data: stored.customData,
    active: stored.isActive,
    inactive_reason: stored.inactiveReason,
    missed_at: stored.missedAt?.toISOString() ?? null,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}
