import { Client } from 'undici';
import type { TaskData } from '../src/http/admin/contract.ts';

/** One kept-alive connection to the server under test. */
export interface BenchClient {
  /** POST of JSON to `/api/admin`. @returns the `id` of what was made or changed. */
  admin(path: string, body?: object): Promise<number>;
  /** @returns the id of the task. */
  importBatch(body: string): Promise<string>;
  /** Without results. */
  taskStatus(taskId: string): Promise<TaskData>;
  close(): Promise<void>;
}

const API = '/api/v1.1';

export function createBenchClient(url: string, token: string): BenchClient {
  const client = new Client(url);
  const authorization = `Bearer ${token}`;

  async function post<T>(path: string, body: string | undefined): Promise<T> {
    const { statusCode, body: answer } = await client.request({
      method: 'POST',
      path,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const value: T & { error?: number } = JSON.parse(text);
    if (statusCode >= 300 || (value.error ?? 0) !== 0) {
      throw new Error(`POST ${path} was refused with ${statusCode}: ${text}`);
    }
    return value;
  }

  return {
    admin: async (path, body) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      return (await post<{ id: number }>(`/api/admin${path}`, sent)).id;
    },
    importBatch: async (body) => {
      const path = `${API}/workflows/import_and_start_batch_task`;
      return (await post<{ task_id: string }>(path, body)).task_id;
    },
    taskStatus: async (taskId) => {
      const body = JSON.stringify({ task_id: taskId, result_limit: 0 });
      return (await post<{ data: TaskData }>(`${API}/tasks/status`, body)).data;
    },
    close: () => client.close(),
  };
}

/** A database with a match field, and a workflow in which runs end at once. @returns the workflow's id. */
export async function setUpWorkflow(client: BenchClient): Promise<number> {
  const databaseId = await client.admin('/databases', { name: 'Bench' });
  const fields = `/databases/${databaseId}/fields`;
  await client.admin(fields, { name: 'customer_no', type: 'string', match: true });
  await client.admin(fields, { name: 'visits', type: 'int' });
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: 'end' },
      { id: 'end', type: 'end', reason: 'done' },
    ],
  };
  const workflow = { name: 'Bench', database_id: databaseId, reentry: 'each', definition };
  const id = await client.admin('/workflows', workflow);
  await client.admin(`/workflows/${id}/publish`);
  await client.admin(`/workflows/${id}/activate`);
  return id;
}
