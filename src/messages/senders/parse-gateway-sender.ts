import { isJsonObject, type JsonObject } from '../../base/index.ts';
import { parseGatewaySettings } from '../channels/gateway/settings.ts';
import type { SettingsFault } from '../settings-error.ts';
import type { SecretChanges } from './parse-smtp-settings.ts';
import type { GatewaySettings } from './sender.ts';

function readSecrets(body: JsonObject, faults: SettingsFault[]): Record<string, string | null> {
  const { secrets = {} } = body;
  if (!isJsonObject(secrets)) {
    faults.push({ path: 'secrets', message: 'expected an object of names and texts' });
    return {};
  }
  const changes: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(secrets)) {
    if (value === null || typeof value === 'string') changes[name] = value;
    else faults.push({ path: `secrets.${name}`, message: 'expected a text' });
  }
  return changes;
}

/**
 * Settings of a gateway: kept as they were sent, without `secrets`, which are sealed. Every secret that the request names
 * must be there.
 * @param stored names of the secrets that the sender has already.
 */
export function parseGatewaySender(
  body: JsonObject,
  stored: ReadonlySet<string>,
): { settings: GatewaySettings; secrets: SecretChanges; faults: SettingsFault[] } {
  const faults: SettingsFault[] = [];
  const secrets = readSecrets(body, faults);
  const { secrets: _sealed, ...rest } = body;
  const settings: GatewaySettings = { ...rest, kind: 'gateway' };
  const parsed = parseGatewaySettings(settings);
  if (!parsed.ok) return { settings, secrets, faults: [...faults, ...parsed.error] };
  const known = new Set(stored);
  for (const [name, value] of Object.entries(secrets)) {
    if (value === null) known.delete(name);
    else known.add(name);
  }
  for (const name of parsed.value.secretNames) {
    if (!known.has(name))
      faults.push({ path: `secrets.${name}`, message: 'the request names it, and it is missing' });
  }
  return { settings, secrets, faults };
}
