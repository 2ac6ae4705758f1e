import { csrfHeaders, type Query } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';

/** The same for every try of one import, so that it is not made twice. `randomUUID` is there on pages by https alone. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Upload {
  readonly keys: Query;
  /** What does not go into the address. */
  readonly documents: Readonly<Record<string, unknown>>;
  readonly rows: Blob;
  readonly requestId: string;
  /** 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

interface Accepted {
  readonly error: number;
  readonly error_text: string;
  readonly error_debug?: string;
  readonly task_id?: string;
}

function readAnswer({ status, responseText }: XMLHttpRequest): string {
  let answer: Accepted;
  try {
    answer = JSON.parse(responseText);
  } catch {
    throw new ApiProblem(status, responseText.slice(0, 200) || `HTTP ${status}`);
  }
  if (answer.error === 0 && answer.task_id !== undefined) return answer.task_id;
  throw new ApiProblem(answer.error, answer.error_debug ?? answer.error_text);
}

/** The header holds bytes; JSON with signs beyond ASCII is written with escapes. */
function printHeader(documents: Upload['documents']): string {
  return JSON.stringify(documents).replaceAll(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Sends rows to POST /api/imports with progress, which `fetch` cannot tell.
 * @returns the id of the task. @throws {ApiProblem} also when it is broken off: nothing is imported then.
 */
export function sendRows({ keys, documents, rows, requestId, onProgress, signal }: Upload): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(keys)) if (value !== undefined) search.set(key, String(value));
    request.open('POST', `/api/imports?${search}`);
    const headers = { ...csrfHeaders(), 'content-type': 'application/x-ndjson', 'request-id': requestId };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (Object.keys(documents).length > 0) request.setRequestHeader('muster-import', printHeader(documents));
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(loaded / Math.max(1, total)),
    );
    request.addEventListener('load', () => {
      try {
        resolve(readAnswer(request));
      } catch (thrown) {
        reject(thrown);
      }
    });
    request.addEventListener('error', () => reject(new ApiProblem(0, 'the connection broke off')));
    request.addEventListener('abort', () => reject(new ApiProblem(0, 'broken off')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(rows);
  });
}
