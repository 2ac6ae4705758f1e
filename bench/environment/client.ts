import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { isObject } from '../../src/base/index.ts';
import type { TaskData } from '../../src/http/admin/contract.ts';

/** Of a request that the server has refused in its own words. */
export class Refused extends Error {
  /** The code of the envelope, or the HTTP status. */
  readonly code: number;
  /** Seconds; undefined = the answer names none. */
  readonly retryAfter: number | undefined;

  constructor(path: string, code: number, text: string, retryAfter: number | undefined) {
    super(`${path} was refused with ${code}: ${text}`);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Kept-alive connections to the server under test. What is refused is thrown as `Refused`. */
export interface BenchClient {
  readonly url: string;
  /** A request to `/api/admin`. The caller names the type of the answer. */
  admin<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
  /** `import_and_start_batch_task`. @returns the id of the task. */
  importBatch(body: string): Promise<string>;
  /** Any method of the public API with a JSON body; with the fault of its envelope, it throws. */
  call<T>(method: string, body: string): Promise<T>;
  /** `/api/imports`: lines of JSON. @returns the id of the task. */
  stream(query: string, lines: string): Promise<string>;
  /** Without results. */
  taskStatus(taskId: string): Promise<TaskData>;
  /** What Prometheus is shown. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string;
}

function retryAfterOf(headers: Record<string, string | string[] | undefined>): number | undefined {
  const value = headers['retry-after'];
  return typeof value === 'string' ? Number(value) : undefined;
}

/** @param connections open at once; further requests wait in line. */
export function createBenchClient(url: string, token: string, connections = 1): BenchClient {
  // Twenty bodies of 10 MB at once, or a batch of 100,000, may take their time on a small machine.
  const pool = new Pool(url, { connections, headersTimeout: 600_000, bodyTimeout: 600_000 });

  async function send({ method, path, body, contentType = 'application/json' }: Sent): Promise<string> {
    const {
      statusCode,
      headers,
      body: answer,
    } = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Refused(path, statusCode, text, retryAfterOf(headers));
    if (!text.startsWith('{"error":')) return text;
    const envelope: unknown = JSON.parse(text);
    const code = isObject(envelope) ? Number(envelope['error']) : 0;
    if (code !== 0) throw new Refused(path, code, text, retryAfterOf(headers));
    return text;
  }

  async function call<T>(method: string, body: string): Promise<T> {
    const answer: T = JSON.parse(await send({ method: 'POST', path: `/api/v1.1/${method}`, body }));
    return answer;
  }

  return {
    url,
    call,
    admin: async <T>(method: Sent['method'], path: string, body?: object) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const text = await send({ method, path: `/api/admin${path}`, body: sent });
      const answer: T = JSON.parse(text === '' ? 'null' : text);
      return answer;
    },
    importBatch: async (body) =>
      (await call<{ task_id: string }>('workflows/import_and_start_batch_task', body)).task_id,
    stream: async (query, lines) => {
      const path = `/api/imports?${query}`;
      const contentType = 'application/x-ndjson';
      const answer: { task_id: string } = JSON.parse(
        await send({ method: 'POST', path, body: lines, contentType }),
      );
      return answer.task_id;
    },
    taskStatus: async (taskId) => {
      const body = JSON.stringify({ task_id: taskId, result_limit: 0 });
      return (await call<{ data: TaskData }>('tasks/status', body)).data;
    },
    metrics: () => send({ method: 'GET', path: '/metrics' }),
    close: () => pool.destroy(),
  };
}

/** Each look costs the server about a millisecond: of an import of half a second, 5 ms between them would take a tenth. */
const POLL_MS = 20;

/**
 * Looks again and again until something is seen.
 * @throws {Error} when it was not seen for `limitMs`, or the benchmark is stopped.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
  { what, pollMs = POLL_MS, limitMs = 600_000 }: { what: string; pollMs?: number; limitMs?: number },
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    signal.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
    await sleep(pollMs, undefined, { signal });
  }
}
