import assert from 'node:assert/strict';
import { isJsonObject, type JsonObject, parseJson } from '../../src/base/index.ts';
import type { TestServer } from './test-server.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Calls /api/admin with one token; every answer must have the status that is expected. */
export interface AdminClient {
  /** The object of a good answer. */
  object(method: Method, path: string, status: number, body?: unknown): Promise<JsonObject>;
  /** POST; the numeric id of what was made or changed. */
  make(path: string, body?: unknown): Promise<number>;
  /** The id of a workflow that has been made so, published and activated. */
  makeActiveWorkflow(body: object): Promise<number>;
  /** The `data` of a good answer to a GET. */
  data(path: string): Promise<JsonObject[]>;
  /** A 204, which has no body. */
  gone(path: string): Promise<void>;
  /** The errors of a problem, each as `path: message`. */
  problem(method: Method, path: string, status: number, body?: unknown): Promise<string[]>;
}

export function createAdminClient(server: TestServer, token: string): AdminClient {
  async function call(method: Method, path: string, body: unknown) {
    return server.app.inject({
      method,
      url: `/api/admin${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  }

  async function send(method: Method, path: string, status: number, body: unknown) {
    const answer = await call(method, path, body);
    assert.equal(answer.statusCode, status, `${method} ${path}: ${answer.body}`);
    return answer;
  }

  async function object(method: Method, path: string, status: number, body?: unknown): Promise<JsonObject> {
    const json = parseJson((await send(method, path, status, body)).body);
    assert.ok(isJsonObject(json));
    return json;
  }

  async function make(path: string, body?: unknown): Promise<number> {
    const answer = await call('POST', path, body);
    const json = parseJson(answer.body);
    assert.ok(isJsonObject(json) && typeof json['id'] === 'number', `${path}: ${answer.body}`);
    return json['id'];
  }

  return {
    object,
    make,
    makeActiveWorkflow: async (body) => {
      const id = await make('/workflows', body);
      await make(`/workflows/${id}/publish`);
      return make(`/workflows/${id}/activate`);
    },
    data: async (path) => {
      const { data } = await object('GET', path, 200);
      assert.ok(Array.isArray(data) && data.every(isJsonObject));
      return data;
    },
    gone: async (path) => {
      assert.equal((await send('DELETE', path, 204, undefined)).body, '');
    },
    problem: async (method, path, status, body) => {
      const answer = await send(method, path, status, body);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
      const json = parseJson(answer.body);
      assert.ok(isJsonObject(json) && json['status'] === status);
      const errors = json['errors'] ?? [];
      assert.ok(Array.isArray(errors));
      return errors.map((error) =>
        isJsonObject(error) ? `${error['path']}: ${error['message']}` : 'no object',
      );
    },
  };
}
