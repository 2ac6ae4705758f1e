import type { Clock } from '../base/index.ts';
import type { TargetClient, TargetOutcome } from '../outbound/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Hook } from './hook.ts';
import { type HookSecrets, openSecrets } from './hook-secrets.ts';
import { createOauthTokens } from './oauth-tokens.ts';
import { printTimestamp, signDelivery } from './sign-delivery.ts';

/** From connect to the last byte of the answer; receivers are told to answer first and to work then. */
export const HOOK_TIMEOUT_MS = 10_000;
/** Bytes of an answer that are read: the success pattern looks at them. */
const MAX_ANSWER_BYTES = 65_536;

/** Makes one try of a delivery. Never rejects for what a target does. */
export interface HookSender {
  send(
    hook: Hook,
    delivery: { readonly id: string; readonly body: string },
    signal?: AbortSignal,
  ): Promise<TargetOutcome>;
}

/** POSTs deliveries as Standard Webhooks, through the guard of targets, with the access token where the hook has OAuth2. */
export function createHookSender(deps: {
  readonly client: TargetClient;
  readonly vault: Vault;
  readonly clock: Clock;
}): HookSender {
  const { client, vault, clock } = deps;
  const tokens = createOauthTokens(client, clock);
  /** By hook as it was claimed: to open them costs as much as to sign, and a claim has many deliveries. */
  const opened = new WeakMap<Hook, HookSecrets>();

  function secretsOf(hook: Hook): HookSecrets {
    const known = opened.get(hook);
    if (known !== undefined) return known;
    const secrets = openSecrets(vault, hook.secrets);
    opened.set(hook, secrets);
    return secrets;
  }

  return {
    send: async (hook, { id, body }, signal) => {
      const secrets = secretsOf(hook);
      const { headerName, oauth2 } = hook;

      async function post(authorization: string | undefined): Promise<TargetOutcome> {
        const now = clock.now();
        return client.request({
          method: 'POST',
          url: hook.url,
          headers: {
            'user-agent': 'Muster',
            ...(headerName === null || secrets.headerValue === null
              ? {}
              : { [headerName]: secrets.headerValue }),
            ...(authorization === undefined ? {} : { authorization }),
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': printTimestamp(now),
            'webhook-signature': signDelivery(secrets, { id, body }, now),
          },
          body,
          timeoutMs: HOOK_TIMEOUT_MS,
          maxBytes: MAX_ANSWER_BYTES,
          ...(signal === undefined ? {} : { signal }),
        });
      }

      if (oauth2 === null) return post(undefined);
      const request = {
        hook,
        oauth2,
        clientSecret: secrets.clientSecret ?? '',
        timeoutMs: HOOK_TIMEOUT_MS,
        signal,
      };
      const token = await tokens.take(request);
      if (!token.ok) return { kind: 'fault', reason: token.error, sent: false, ms: 0 };
      const outcome = await post(`Bearer ${token.value}`);
      if (outcome.kind !== 'answer' || outcome.status !== 401) return outcome;
      // It may have been revoked before its time; a new one that is refused as well is an answer like any other.
      tokens.drop(hook, token.value);
      const renewed = await tokens.take(request);
      return renewed.ok ? post(`Bearer ${renewed.value}`) : outcome;
    },
  };
}
