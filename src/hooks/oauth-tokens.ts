import { type Clock, failure, isJsonObject, type Outcome, success, tryParseJson } from '../base/index.ts';
import type { TargetClient } from '../outbound/index.ts';
import type { Hook, Oauth2 } from './hook.ts';

/** What a token is good for where its server does not say. */
const DEFAULT_SECONDS = 300;
/** Before its end a token is not used any more: the request takes its time, and clocks differ. */
const MARGIN_SECONDS = 30;
const MAX_ANSWER_BYTES = 65_536;

interface KeptToken {
  readonly token: string;
  readonly until: number;
}

export interface OauthRequest {
  readonly hook: Hook;
  readonly oauth2: Oauth2;
  readonly clientSecret: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

function askFor({ oauth2, clientSecret, timeoutMs, signal }: OauthRequest) {
  const { tokenUrl, clientId, scope, auth } = oauth2;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== null) form.set('scope', scope);
  if (auth === 'post') {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
  }
  // Both parts are encoded as in a form before they are joined: RFC 6749, 2.3.1.
  const pair = [clientId, clientSecret].map((part) => new URLSearchParams({ p: part }).toString().slice(2));
  const basic = Buffer.from(pair.join(':')).toString('base64');
  return {
    method: 'POST',
    url: tokenUrl,
    headers: {
      'user-agent': 'Muster',
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(auth === 'basic' ? { authorization: `Basic ${basic}` } : {}),
    },
    body: form.toString(),
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The access tokens of hooks, kept until shortly before their end. */
export interface OauthTokens {
  /** The reason of a failure names no secret. */
  take(request: OauthRequest): Promise<Outcome<string, string>>;
  /** Forgets a token that was refused; does nothing when another one has come meanwhile. */
  drop(hook: Hook, token: string): void;
}

export function createOauthTokens(client: TargetClient, clock: Clock): OauthTokens {
  const kept = new Map<string, KeptToken>();
  const fetching = new Map<string, Promise<Outcome<string, string>>>();

  /** A change of the hook's settings asks anew. */
  function keyOf({ id, updatedAt }: Hook): string {
    return `${id} ${updatedAt.getTime()}`;
  }

  async function fetchToken(request: OauthRequest): Promise<Outcome<string, string>> {
    const askedAt = clock.now().getTime();
    const outcome = await client.request(askFor(request));
    if (outcome.kind !== 'answer') return failure(`the OAuth2 server gave no token: ${outcome.reason}`);
    const answer = tryParseJson(outcome.body);
    const token = isJsonObject(answer) ? answer['access_token'] : undefined;
    // Anything else could not stand in a header.
    if (outcome.status !== 200 || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
      return failure(`the OAuth2 server gave no token: it answered HTTP ${outcome.status}`);
    }
    const given = isJsonObject(answer) ? Number(answer['expires_in'] ?? DEFAULT_SECONDS) : DEFAULT_SECONDS;
    const seconds = Number.isFinite(given) ? given : DEFAULT_SECONDS;
    const prefix = `${request.hook.id} `;
    for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    kept.set(keyOf(request.hook), { token, until: askedAt + (seconds - MARGIN_SECONDS) * 1000 });
    return success(token);
  }

  return {
    take: (request) => {
      const key = keyOf(request.hook);
      const known = kept.get(key);
      if (known !== undefined && known.until > clock.now().getTime()) {
        return Promise.resolve(success(known.token));
      }
      // Deliveries of a hook that go side by side share one request.
      const under = fetching.get(key);
      if (under !== undefined) return under;
      const asked = fetchToken(request).finally(() => fetching.delete(key));
      fetching.set(key, asked);
      return asked;
    },
    drop: (hook, token) => {
      const key = keyOf(hook);
      if (kept.get(key)?.token === token) kept.delete(key);
    },
  };
}
