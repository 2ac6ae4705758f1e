import assert from 'node:assert/strict';
import { createUser, openSession, type Role } from '../../src/accounts/index.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/base/index.ts';
import type { TestServer } from './test-server.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface BrowserAnswer {
  readonly status: number;
  readonly json: JsonObject;
  readonly headers: Readonly<Record<string, unknown>>;
  /** What the browser is told to keep: name, value and attributes. */
  readonly cookie: string;
}

/** A browser with at most one cookie. `csrf` goes with every request that changes something. */
export class Browser {
  readonly #server: TestServer;
  cookie = '';
  csrf = '';
  readonly headers: Record<string, string> = {};

  constructor(server: TestServer) {
    this.#server = server;
  }

  async send(method: Method, path: string, body?: unknown): Promise<BrowserAnswer> {
    const answer = await this.#server.app.inject({
      method,
      url: path.startsWith('/api/') ? path : `/api/admin${path}`,
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrf === '' || method === 'GET' ? {} : { 'x-csrf-token': this.csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const json = answer.body === '' ? {} : parseJson(answer.body);
    assert.ok(isJsonObject(json), answer.body);
    const cookie = String(answer.headers['set-cookie'] ?? '');
    if (cookie !== '') this.cookie = cookie.split(';')[0] ?? '';
    const { csrf_token: csrf } = json;
    if (typeof csrf === 'string') this.csrf = csrf;
    return { status: answer.statusCode, json, headers: answer.headers, cookie };
  }

  /** The object of an answer that must have the status. */
  async object(method: Method, path: string, status: number, body?: unknown): Promise<JsonObject> {
    const answer = await this.send(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.json)}`);
    return answer.json;
  }
}

export const PASSWORD = 'correct horse battery';

/** A user of that role. */
export async function makeUser({ deps }: TestServer, email: string, role: Role) {
  const passwordHash = await deps.passwords.hash(PASSWORD);
  const now = deps.clock.now();
  return createUser(deps.db, { email, name: email, role, language: null, passwordHash, now });
}

/** A browser in which that user is logged in. */
export async function enterAs(
  server: TestServer,
  user: Awaited<ReturnType<typeof makeUser>>,
): Promise<Browser> {
  const { db, clock } = server.deps;
  const session = await openSession(db, user, { ip: '127.0.0.1', userAgent: 'test' }, clock.now());
  const browser = new Browser(server);
  browser.cookie = `muster_session=${session.token}`;
  browser.csrf = session.csrfToken;
  return browser;
}
