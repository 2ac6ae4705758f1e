import { randomUUID } from 'node:crypto';
import { isObject } from '../src/base/index.ts';
import type { TaskData } from '../src/http/admin/contract.ts';
import { DemoError } from './demo-error.ts';

/**
 * The little that a customer's own program needs to talk to Muster: the admin API for what is set up once, and the
 * public API for what is done every day. Both want the same token.
 */
export interface MusterClient {
  /**
   * One request to `/api/admin`. The caller names the type of the answer, as `http/admin/contract.ts` has it.
   * @throws {DemoError} with the server's own words when it refuses.
   */
  admin<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T>;
  /**
   * Sends a batch that was printed as JSON before.
   * @returns the id of the task that the server works on from now on.
   */
  importBatch(body: string): Promise<string>;
  /** How far a task has come, with the results of the items from `from` on, `limit` of them. */
  taskStatus(taskId: string, from: number, limit: number): Promise<TaskData>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export function createMusterClient(url: string, token: string, signal: AbortSignal): MusterClient {
  async function send(method: string, path: string, body?: string, headers = {}): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method,
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  async function callMethod<T>(name: string, body: string, headers = {}): Promise<T> {
    const { text } = await send('POST', `/api/v1.1/${name}`, body, headers);
    const answer: T & { error: number; error_text: string; error_debug?: string } = JSON.parse(text);
    if (answer.error === 0) return answer;
    const reason = answer.error_debug ?? answer.error_text;
    throw new DemoError(`${name} was refused with ${answer.error}: ${reason}`);
  }

  return {
    admin: async <T>(method: string, path: string, body?: object) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const { status, text } = await send(method, `/api/admin${path}`, sent);
      if (status >= 300) {
        const problem: unknown = JSON.parse(text);
        const detail = isObject(problem) ? (problem['detail'] ?? problem['title']) : text;
        throw new DemoError(`${method} /api/admin${path} was refused with ${status}: ${detail}`);
      }
      const value: T = JSON.parse(text);
      return value;
    },
    importBatch: async (body) => {
      // A fresh id for every batch: a repeat of the very request is recognised, an equal batch later is not one.
      const headers = { 'request-id': randomUUID() };
      const name = 'workflows/import_and_start_batch_task';
      return (await callMethod<{ task_id: string }>(name, body, headers)).task_id;
    },
    taskStatus: async (taskId, from, limit) => {
      const body = { task_id: taskId, result_from: from, result_limit: limit };
      return (await callMethod<{ data: TaskData }>('tasks/status', JSON.stringify(body))).data;
    },
  };
}
