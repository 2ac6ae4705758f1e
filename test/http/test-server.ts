import assert from 'node:assert/strict';
import type { FastifyInstance } from 'fastify';
import { createPasswords, createToken, type Right } from '../../src/accounts/index.ts';
import {
  type Clock,
  isJsonObject,
  type JsonObject,
  noSignals,
  parseJson,
  systemClock,
} from '../../src/base/index.ts';
import { openPlaces } from '../../src/geo/index.ts';
import { createHookSender } from '../../src/hooks/index.ts';
import { createMetrics, createServer, type HttpDeps } from '../../src/http/index.ts';
import { createTargetClient } from '../../src/outbound/index.ts';
import { createVault } from '../../src/vault/index.ts';
import { createTestDatabase } from '../support/database.ts';

export interface LoggedFault {
  readonly fields: unknown;
  readonly message: unknown;
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly deps: HttpDeps;
  /** Every route, as `GET /api/admin/users`, once for each method. */
  readonly routes: readonly string[];
  /** What was logged as an error, in order. */
  readonly faults: LoggedFault[];
  makeToken(rights: Right[], databaseIds?: number[] | null): Promise<string>;
  /** POST with a JSON body; the answer's JSON with its status and headers. */
  post(
    url: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown>; text: string; json: JsonObject }>;
  close(): Promise<void>;
}

/** Filled while the server becomes ready. */
function collectRoutes(app: FastifyInstance): string[] {
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  });
  return routes;
}

/** The HTTP side alone on a database of its own: no loops run, so what is accepted stays as it was stored. */
export async function createTestServer(
  config: Partial<HttpDeps['config']> = {},
  overrides: Partial<HttpDeps> & { clock?: Clock } = {},
): Promise<TestServer> {
  const database = await createTestDatabase();
  const vault = createVault(Buffer.alloc(32, 1));
  const client = createTargetClient({ allowPrivate: true });
  const faults: LoggedFault[] = [];
  const quiet = (): void => {};
  const nothing = async (): Promise<void> => {};
  const deps: HttpDeps = {
    db: database.db,
    clock: systemClock,
    log: {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (fields: unknown, message?: unknown) => void faults.push({ fields, message }),
    },
    signals: noSignals,
    config: {
      ...{ host: '127.0.0.1', port: 8080 },
      ...{ bodyLimitBytes: 10_485_760, bodiesAtOnceBytes: 12_582_912 },
      uploadLimitBytes: 104_857_600,
      maxItems: 100_000,
      maxWaitingRows: 5_000_000,
      repeatWindowSeconds: 86_400,
      mirrorHttpStatus: false,
      taskRetentionDays: 30,
      allowPrivateTargets: true,
      ...{ publicUrl: undefined, trustedProxies: undefined, databaseUrl: undefined, variables: [] },
      ...config,
    },
    ...{ version: '0.0.0', answersApi: true },
    metrics: createMetrics(),
    passwords: createPasswords(4),
    places: await openPlaces({}),
    recordFacts: async () => {},
    ...{ vault, client },
    hookSender: createHookSender({ client, vault, clock: overrides.clock ?? systemClock }),
    raiseEvent: async () => {},
    ...{ wakeImporter: quiet, wakeEvents: quiet, wakeHooks: quiet, wakeMessages: quiet, wakeEngine: quiet },
    runPort: { lock: nothing, tell: nothing, changed: nothing, customData: async () => new Map() },
    readPool: () => ({ total: 3, idle: 2, waiting: 1 }),
    isSchemaCurrent: async () => true,
    ...overrides,
  };
  const app = createServer(deps);
  const routes = collectRoutes(app);
  await app.ready();
  return {
    app,
    ...{ deps, routes, faults },
    makeToken: async (rights, databaseIds = null) =>
      (await createToken(deps.db, deps.clock, { name: 'test', rights, databaseIds })).secret,
    post: async (url, body, headers = {}) => {
      const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const answer = await app.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': 'application/json', ...headers },
      });
      const json = parseJson(answer.body);
      assert.ok(isJsonObject(json));
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, json };
    },
    close: async () => {
      await app.close();
      await client.close();
      await database.drop();
    },
  };
}
