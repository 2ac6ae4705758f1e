import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type Muster, startMuster } from '../../src/app.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { readConfig } from '../../src/config/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestSignals, type TestSignals } from '../support/test-signals.ts';

/** The token of the page that the project was created from. */
export const TOKEN = 'abcdefghijklmnqrstuvwxyz';
export const IMPORT = '/api/v1.1/workflows/import_and_start_batch_task';
export const STATUS = '/api/v1.1/tasks/status';

export interface TestAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: JsonObject;
}

/** The whole program on a database of its own, answering on a free port. */
export class TestMuster {
  readonly #database: TestDatabase;
  readonly #signals: TestSignals;
  readonly #muster: Muster;

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestMuster> {
    const database = await createTestDatabase();
    const signals = createTestSignals();
    const environment = { DATABASE_URL: database.url, PORT: '0', MUSTER_TOKEN: TOKEN };
    const quiet = { MUSTER_LOG_LEVEL: 'silent', MUSTER_DB_CONNECTIONS: '6' };
    const secret = { MUSTER_SECRET_KEY: '01'.repeat(32) };
    const config = readConfig({ ...environment, ...quiet, ...secret, ...settings });
    return new TestMuster(database, signals, await startMuster(config, { signals }));
  }

  constructor(database: TestDatabase, signals: TestSignals, muster: Muster) {
    this.#database = database;
    this.#signals = signals;
    this.#muster = muster;
  }

  get db(): TestDatabase['db'] {
    return this.#database.db;
  }

  get url(): string {
    return this.#muster.url;
  }

  /** Resolves when no task is unfinished. */
  async idle(): Promise<void> {
    for (;;) {
      const settled = this.#signals.until('import', 'settled');
      const { rows } = await sql`select from task where finished_at is null limit 1`.execute(this.db);
      if (rows.length === 0) return;
      await settled;
    }
  }

  async post(path: string, body: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
    const answer = await fetch(this.#muster.url + path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'error',
    });
    const text = await answer.text();
    const json = parseJson(text);
    assert.ok(isJsonObject(json), text);
    return { status: answer.status, text, json };
  }

  /** What an administrator makes; it must succeed. */
  async make(path: string, body: JsonValue = {}): Promise<JsonObject> {
    const { status, text, json } = await this.post(`/api/admin${path}`, JSON.stringify(body), {
      authorization: `Bearer ${TOKEN}`,
    });
    assert.ok(status < 300, text);
    return json;
  }

  /** The answer of `tasks/status` as text, once the task of this accepting answer is completed. */
  async completed(accepted: TestAnswer): Promise<TestAnswer> {
    const taskId = accepted.json['task_id'];
    assert.equal(accepted.json['error'], 0, accepted.text);
    const body = JSON.stringify({ token: TOKEN, task_id: taskId ?? null });
    for (;;) {
      const settled = this.#signals.until('import', 'settled');
      const answer = await this.post(STATUS, body);
      if (Object(answer.json['data'])['status'] === 'completed') return answer;
      await settled;
    }
  }

  async stop(): Promise<void> {
    await this.#muster.stop();
    await this.#database.drop();
  }
}
