import { randomBytes } from 'node:crypto';
import { isJsonObject, type JsonValue, parseJson } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';

/** What a hook keeps in secret. */
export interface HookSecrets {
  /** Signs, as Standard Webhooks spell it: `whsec_` and base64. */
  readonly secret: string;
  /** Signs as well until then, so that a receiver can change over. */
  readonly former: { readonly secret: string; readonly until: Date } | null;
  readonly headerValue: string | null;
  readonly clientSecret: string | null;
}

const SECRET_BYTES = 32;

export function newHookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

export function sealSecrets(vault: Vault, secrets: HookSecrets): string {
  return vault.seal(JSON.stringify(secrets));
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** @throws {Error} when they were sealed by another key. */
export function openSecrets(vault: Vault, sealed: string): HookSecrets {
  const stored = parseJson(vault.open(sealed));
  if (!isJsonObject(stored) || typeof stored['secret'] !== 'string') {
    throw new Error('the secrets of a hook are not of a form that this version knows');
  }
  const { secret, former, headerValue, clientSecret } = stored;
  return {
    secret,
    former:
      isJsonObject(former) && typeof former['secret'] === 'string' && typeof former['until'] === 'string'
        ? { secret: former['secret'], until: new Date(former['until']) }
        : null,
    headerValue: textOrNull(headerValue),
    clientSecret: textOrNull(clientSecret),
  };
}
