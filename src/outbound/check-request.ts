import { failure, type Outcome, success } from '../base/index.ts';
import { connectionHeaders, isHeaderName } from './header-names.ts';
import { parseTargetUrl } from './target-guard.ts';
import type { TargetRequest } from './target-request.ts';

/** A request that was found fit to be sent, in the shape in which it is. */
export interface CheckedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** CONNECT and TRACE are left out: the one asks for a tunnel, the other for the headers to come back. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Timers beyond this many milliseconds fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function headerFault(name: string, value: string): string | undefined {
  // A malformed name is not repeated: a line break in it may have drawn in a value.
  if (!isHeaderName(name)) return 'a header has a name that is not valid';
  if (connectionHeaders.has(name.toLowerCase())) return `the header ${name} is not one to be set`;
  // Header bytes are Latin-1; what is beyond it would be cut to other characters.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return `the value of the header ${name} holds a character that headers cannot hold`;
  }
  return undefined;
}

/** Checks everything that can be known before connecting. The error is the reason of a refusal. */
export function checkRequest(request: TargetRequest, allowPrivate: boolean): Outcome<CheckedRequest, string> {
  const { method, body, timeoutMs, maxBytes, signal } = request;
  if (!METHODS.has(method)) return failure(`the method is not one of ${[...METHODS].join(', ')}`);
  const url = parseTargetUrl(request.url, allowPrivate);
  if (!url.ok) return url;
  const headers = ['accept-encoding', 'identity'];
  for (const name of Object.keys(request.headers)) {
    const value = request.headers[name] ?? '';
    const fault = headerFault(name, value);
    if (fault !== undefined) return failure(fault);
    if (name.toLowerCase() !== 'accept-encoding') headers.push(name, value);
  }
  return success({
    method,
    url: url.value,
    headers,
    body: body === undefined || body === '' ? null : body,
    timeoutMs: Math.min(timeoutMs, MAX_TIMER_MS),
    maxBytes,
    signal,
  });
}
