import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { isJsonObject, ManualClock, parseJson } from '../../src/base/index.ts';
import { openDb } from '../../src/db/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let schemaCurrent = true;

before(async () => {
  server = await createTestServer({}, { clock, isSchemaCurrent: async () => schemaCurrent });
});
after(() => server.close());

async function get(app: TestServer['app'], url: string): Promise<{ status: number; body: string }> {
  const answer = await app.inject({ method: 'GET', url });
  return { status: answer.statusCode, body: answer.body };
}

test('healthz and readyz say that the process lives and can work', async () => {
  assert.deepEqual(await get(server.app, '/healthz'), { status: 200, body: '{"status":"ok"}' });
  assert.deepEqual(await get(server.app, '/readyz'), { status: 200, body: '{"status":"ready"}' });
  schemaCurrent = false;
  assert.deepEqual(await get(server.app, '/readyz'), {
    status: 503,
    body: '{"status":"unready","reason":"the database schema is not of this version"}',
  });
  schemaCurrent = true;
});

test('without a database the process lives, is not ready, and still tells its own figures', async () => {
  const lost = openDb({ url: 'postgres://127.0.0.1:1/none', connections: 1, onIdleFault: () => {} });
  const blind = await createTestServer({}, { db: lost });
  assert.equal((await get(blind.app, '/healthz')).status, 200);
  assert.deepEqual(await get(blind.app, '/readyz'), {
    status: 503,
    body: '{"status":"unready","reason":"the database does not answer"}',
  });
  const { status, body } = await get(blind.app, '/metrics');
  assert.equal(status, 200);
  assert.match(body, /^muster_database_up 0$/m);
  assert.match(body, /^process_resident_memory_bytes \d+/m);
  assert.doesNotMatch(body, /muster_tasks/);
  await lost.destroy();
  await blind.close();
});

test('a database that hangs makes readyz say no after two seconds', async () => {
  const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
  const { promise: never, resolve: release } = Promise.withResolvers<boolean>();
  const hanging = await createTestServer(
    {},
    {
      clock,
      isSchemaCurrent: () => {
        tellAsked();
        return never;
      },
    },
  );
  const answer = get(hanging.app, '/readyz');
  await asked;
  clock.advance(2000);
  assert.equal((await answer).status, 503);
  release(true);
  await hanging.close();
});

test('metrics tell the state of tasks, chunks, runs and calls', async () => {
  const { db } = server.deps;
  await sql`
    with d as (
      insert into database (name, unknown_fields, phone_country, sex_numbers, created_at)
      values ('d', 'reject', 'RU', '0/1', now()) returning id
    ), t as (
      insert into task (id, kind, database_id, envelope, total, chunks_left, started, runs_waiting, runs_ended,
        runs_failed, accepted_at, started_at, finished_at, cancelled_at, expires_at)
      select v.id::uuid, 'k', d.id, '{}', 0, 0, v.started, v.waiting, v.ended, v.failed,
        v.accepted::timestamptz, v.begun::timestamptz, v.finished::timestamptz, v.cancelled::timestamptz,
        '2027-01-01'
      from d, (values
        ('00000000-0000-0000-0000-000000000001', 10, 2, 3, 1, '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z',
          '2026-03-02T09:00:00Z', null),
        ('00000000-0000-0000-0000-000000000004', 0, 0, 0, 0, '2026-03-02T09:00:00Z', null,
          '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z'),
        ('00000000-0000-0000-0000-000000000002', 0, 0, 0, 0, '2026-03-02T09:59:00Z', '2026-03-02T09:59:30Z', null,
          null),
        ('00000000-0000-0000-0000-000000000003', 0, 0, 0, 0, '2026-03-02T09:59:30Z', null, null, null)
      ) v (id, started, waiting, ended, failed, accepted, begun, finished, cancelled)
      returning id, database_id
    )
    insert into import_chunk (task_id, database_id, lane, rows, payload, settled_at)
    select v.id::uuid, d.id, 0, v.rows, '', v.settled::timestamptz
    from d, (values
      ('00000000-0000-0000-0000-000000000001', 500, '2026-03-02T09:00:00Z'),
      ('00000000-0000-0000-0000-000000000002', 400, null),
      ('00000000-0000-0000-0000-000000000003', 30, null)
    ) v (id, rows, settled)`.execute(db);
  await server.app.inject({ method: 'POST', url: '/api/v1.1/tasks/status', payload: {} });
  server.deps.metrics.observeBatch('import', 930);
  server.deps.metrics.observeCall(120, 'answer');
  const { body } = await get(server.app, '/metrics');
  for (const line of [
    'muster_database_up 1',
    'muster_tasks{state="pending"} 1',
    'muster_tasks{state="processing"} 1',
    'muster_tasks{state="completed"} 1',
    'muster_tasks{state="cancelled"} 1',
    'muster_runs{state="active"} 4',
    'muster_runs{state="waiting"} 2',
    'muster_runs{state="ended"} 3',
    'muster_runs{state="failed"} 1',
    'muster_import_pending_chunks 2',
    'muster_import_pending_rows 430',
    'muster_run_oldest_due_seconds 0',
    'muster_api_calls_queued 0',
    'muster_database_connections{state="used"} 1',
    'muster_database_waiting 1',
    'muster_loop_batches_total{loop="import"} 1',
    'muster_loop_rows_total{loop="import"} 930',
    'muster_api_call_duration_seconds_count{outcome="answer"} 1',
    'muster_http_request_duration_seconds_count{route="/api/v1.1/tasks/status",outcome="401"} 1',
  ]) {
    assert.ok(body.includes(`\n${line}\n`), `${line}\n${body.replaceAll(/^#.*\n/gm, '')}`);
  }
  const age = /^muster_import_oldest_pending_seconds (\d+)/m.exec(body)?.[1];
  assert.equal(Number(age), (clock.now().getTime() - Date.parse('2026-03-02T09:59:00Z')) / 1000);
});

/** The routes that the server has under /api, as the document writes them. */
function routesOf(app: FastifyInstance): string[] {
  const routes: string[] = [];
  const lines = app.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n');
  const parents: string[] = [];
  for (const line of lines) {
    const found = /^(?<indent>[│ ]*)[├└]── (?<part>\S+) \((?<methods>[A-Z, ]+)\)/u.exec(line)?.groups;
    if (found === undefined) continue;
    const depth = (found['indent'] ?? '').length / 4;
    parents.length = depth;
    const path = parents.join('') + (found['part'] ?? '');
    parents.push(found['part'] ?? '');
    if (!path.startsWith('/api/') || path === '/api/openapi.json') continue;
    for (const method of (found['methods'] ?? '').split(', ').filter((one) => one !== 'HEAD')) {
      routes.push(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    }
  }
  assert.ok(routes.length > 20, lines.join('\n'));
  return routes;
}

test('the first page says what this is, and the OpenAPI document knows every route', async () => {
  const home = await get(server.app, '/');
  assert.equal(home.status, 200);
  assert.match(home.body, /"openapi":"\/api\/openapi\.json"/);
  const document = parseJson((await get(server.app, '/api/openapi.json')).body);
  assert.ok(isJsonObject(document) && isJsonObject(document['paths']));
  const known = Object.entries(document['paths']).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  );
  for (const route of routesOf(server.app))
    assert.ok(known.includes(route), `${route} is not in the document`);
  assert.ok(known.length > 20 && known.includes('POST /api/v1.1/workflows/import_and_start_batch_task'));
  for (const [path, methods] of Object.entries(document['paths'])) {
    for (const operation of Object.values(isJsonObject(methods) ? methods : {})) {
      assert.ok(isJsonObject(operation) && operation['summary'] && operation['responses'], path);
    }
  }
});

test('answers carry the headers of a careful server, and unknown paths a 404', async () => {
  const answer = await server.app.inject({ method: 'GET', url: '/nothing' });
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.ok(answer.headers['content-security-policy']);
  assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/);
});
