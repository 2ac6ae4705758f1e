import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject, type JsonValue, ManualClock } from '../../src/base/index.ts';
import { createField, createResource } from '../../src/profiles/index.ts';
import { createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

/** A server with one database, a resource of it and an active workflow; another database beside it. */
export interface MethodScene {
  readonly server: TestServer;
  readonly clock: ManualClock;
  readonly databaseId: number;
  readonly otherDatabaseId: number;
  readonly resourceId: number;
  readonly workflowId: number;
  /** `import` and `read` on the first database. */
  readonly token: string;
  /** POST to the admin API; the id of what was made. */
  make(path: string, body?: object): Promise<number>;
  /** The answer of a method, sent with the scene's token and database unless the body has its own. */
  send(method: string, body: object, headers?: Record<string, string>): Promise<JsonObject>;
  /** The same, which must succeed. */
  sendOk(method: string, body: object): Promise<JsonObject>;
  count(table: string): Promise<number>;
}

export const WALK = {
  nodes: [
    { id: 'start', type: 'start', name: 'Default', next: 'pause' },
    { id: 'pause', type: 'delay', for: 'P1D', next: 'end' },
    { id: 'end', type: 'end', reason: 'done' },
  ],
};

/** A value inside an answer. */
export function at(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue {
  let here: JsonValue = value ?? null;
  for (const key of path) {
    if (Array.isArray(here) && typeof key === 'number') here = here[key] ?? null;
    else if (isJsonObject(here)) here = here[String(key)] ?? null;
    else return null;
  }
  return here;
}

export async function createMethodScene(): Promise<MethodScene> {
  const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
  const server = await createTestServer({}, { clock });
  const admin = createAdminClient(server, await server.makeToken(['admin']));
  const databaseId = await admin.make('/databases', { name: 'd' });
  const card = { name: 'card', type: 'string', match: true, unique: true } as const;
  await createField(server.deps.db, clock, databaseId, card);
  const otherDatabaseId = await admin.make('/databases', { name: 'other' });
  const channels = ['email', 'sms', 'push', 'whatsapp'] as const;
  const resource = { name: 'r', channels, databaseIds: [databaseId] };
  const { id: resourceId } = await createResource(server.deps.db, clock, resource);
  const workflowId = await admin.makeActiveWorkflow({
    ...{ name: 'w', database_id: databaseId, definition: WALK, reentry: 'each' },
  });
  const token = await server.makeToken(['import', 'read'], [databaseId]);
  const send: MethodScene['send'] = async (method, body, headers) =>
    (await server.post(`/api/v1.1/${method}`, { token, db_id: databaseId, ...body }, headers)).json;
  return {
    ...{ server, clock, databaseId, otherDatabaseId, resourceId, workflowId, token, make: admin.make, send },
    sendOk: async (method, body) => {
      const answer = await send(method, body);
      assert.equal(answer['error'], 0, JSON.stringify(answer));
      return answer;
    },
    count: async (table) => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
        server.deps.db,
      );
      return Number(rows[0]?.n);
    },
  };
}
