import { ApiProblem, readProblem } from './problem.ts';

/** What may stand in an address; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

let csrfToken = '';

/** The session's token, which goes with every request that changes something. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token ?? '';
}

/** For requests that are not made here, such as uploads with progress. */
export function csrfHeaders(): Record<string, string> {
  return csrfToken === '' ? {} : { 'x-csrf-token': csrfToken };
}

/** The address of a resource of the admin API, `path` as `/tasks`. */
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return `/api/admin${path}${text === '' ? '' : `?${text}`}`;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function send<T>(method: Method, url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : csrfHeaders()),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new ApiProblem(0, thrown instanceof Error ? thrown.message : String(thrown));
  }
  const text = await response.text();
  if (!response.ok) throw readProblem(response.status, text, response.headers.get('retry-after'));
  // What the server answers has the shape of its contract: both are of one version.
  const answer: T = text === '' ? undefined : JSON.parse(text);
  return answer;
}

/**
 * The admin API. `T` is the answer's shape, a type of src/http/admin/*contract.ts.
 * @throws {ApiProblem}
 */
export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', urlOf(path, query), undefined, signal),
  post: <T>(path: string, body?: unknown) => send<T>('POST', urlOf(path), body),
  put: <T>(path: string, body: unknown) => send<T>('PUT', urlOf(path), body),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', urlOf(path), body),
  delete: <T>(path: string, query?: Query, body?: unknown) => send<T>('DELETE', urlOf(path, query), body),
};
