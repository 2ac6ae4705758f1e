import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import { createQueueSampler } from '../../src/http/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { type AdminScene, openAdminScene } from './admin-scene.ts';

let scene: AdminScene;
before(async () => {
  scene = await openAdminScene();
});
after(() => scene.server.close());

/** The points of a series that are not all 0, as `[at, values]`. */
function pointsOf(figures: JsonObject, name: string): unknown[] {
  const series = figures[name];
  assert.ok(Array.isArray(series));
  return series.filter(isJsonObject).flatMap(({ at, values }) => {
    assert.ok(isJsonObject(values));
    return Object.values(values).some((value) => value !== 0) ? [[at, values]] : [];
  });
}

async function fillCharts(): Promise<void> {
  const { db } = scene.server.deps;
  await sql`
    insert into event_batch (database_id, type, events, is_test, body, created_at)
    select d, type, events, is_test, '', at::timestamptz
      from (values
        (1, 'profile_created', 40, false, '2026-03-02T09:10:00Z'),
        (1, 'profile_created', 2, false, '2026-03-02T09:50:00Z'),
        (2, 'profile_updated', 5, false, '2026-03-02T09:50:00Z'),
        (1, 'profile_created', 9, true, '2026-03-02T09:50:00Z'),
        (1, 'profile_created', 9, false, '2026-03-02T07:50:00Z'),
        (1, 'send', 8, false, '2026-03-02T10:00:00Z'),
        (1, 'import_api', 8, false, '2026-03-02T10:00:00Z')) v (d, type, events, is_test, at)`.execute(db);
  await sql`
    insert into task (id, kind, database_id, envelope, total, chunks_left, invalid, ambiguous, accepted_at,
                      finished_at, expires_at)
    select gen_random_uuid(), 'k', d, '{}', bad, 0, bad, 1, at::timestamptz, at::timestamptz, '2027-01-01'
      from (values (1, 3, '2026-03-02T09:20:00Z'), (2, 4, '2026-03-02T09:20:00Z'), (1, 9, '2026-02-01T09:20:00Z'))
           v (d, bad, at)`.execute(db);
  await sql`
    insert into queue_age (at, queue, seconds, waiting)
    values ('2026-03-02T09:01:00Z', 'import', 10, 5), ('2026-03-02T09:02:00Z', 'import', 400, 5),
           ('2026-03-02T09:03:00Z', 'import', 20, 5)`.execute(db);
}

test('charts count what happened step by step, for a bound token of its database alone', async () => {
  const { admin, bound } = scene;
  await fillCharts();
  const figures = await admin.object('GET', '/figures?hours=2&step=3600', 200);
  assert.deepEqual(
    Object.values(figures).map((series) => Array.isArray(series) && series.length),
    [3, 3, 3, 3],
  );
  assert.deepEqual(pointsOf(figures, 'imports'), [
    ['2026-03-02T09:00:00.000Z', { profile_created: 42, profile_updated: 5, refused: 9 }],
  ]);
  assert.deepEqual(pointsOf(figures, 'messages'), [['2026-03-02T10:00:00.000Z', { send: 8 }]]);
  assert.deepEqual(pointsOf(figures, 'queue_seconds'), [['2026-03-02T09:00:00.000Z', { import: 400 }]]);
  const own = await bound.object('GET', '/figures?hours=2&step=3600', 200);
  assert.deepEqual(pointsOf(own, 'imports'), [
    ['2026-03-02T09:00:00.000Z', { profile_created: 42, refused: 4 }],
  ]);
  assert.deepEqual(pointsOf(own, 'queue_seconds'), []);
  assert.equal((await admin.problem('GET', '/figures?hours=1000', 400)).length, 1);
});

test('what needs a person is listed, the most severe first', async () => {
  const { admin, bound, server } = scene;
  const definition = { nodes: [{ id: 's', type: 'start', name: 'Default' }] };
  const workflow = await admin.makeActiveWorkflow({ name: 'Held', database_id: 2, definition });
  await admin.object('POST', `/workflows/${workflow}/pause`, 200);
  const hook = await admin.make('/hooks', { name: 'CRM', url: 'https://crm.example.com/in' });
  await sql`update hook set is_active = false, inactive_reason = 'gone' where id = ${hook}`.execute(
    server.deps.db,
  );
  await sql`
    insert into hook_delivery (id, hook_id, status, events, first_event, last_event, body, created_at, settled_at)
    select gen_random_uuid(), ${hook}, 'parked', 1, 'a', 'a', '[]', now(), now() from generate_series(1, 3)`.execute(
    server.deps.db,
  );
  // They wait for a person: no worker is behind.
  await sql`
    insert into run (slot, id, database_id, profile_id, workflow_id, version, node, status, due_at, steps, started_at,
                     depth, share)
    values (0, ${'0'.repeat(24)}, 2, ${'0'.repeat(24)}, ${workflow}, 1, 's', 'active', '2026-03-01T00:00:00Z', 0,
            '2026-03-01T00:00:00Z', 0, 0)`.execute(server.deps.db);
  const { data, queues } = await admin.object('GET', '/attention', 200);
  assert.ok(Array.isArray(data) && Array.isArray(queues));
  const seen = data.filter(isJsonObject).map(({ kind, id, name, count }) => ({ kind, id, name, count }));
  assert.deepEqual(seen, [
    { kind: 'hook_stopped', id: hook, name: 'CRM', count: null },
    { kind: 'parked_deliveries', id: hook, name: 'CRM', count: 3 },
    { kind: 'failed_items', id: null, name: null, count: 9 },
    { kind: 'workflow_paused', id: workflow, name: 'Held', count: null },
  ]);
  assert.deepEqual(
    queues.filter(isJsonObject).map(({ queue }) => queue),
    ['import', 'run', 'call', 'message', 'hook'],
  );
  const own = await bound.object('GET', '/attention', 200);
  assert.deepEqual([own['queues'], Array.isArray(own['data']) && own['data'].length], [[], 1]);
});

test('the length of the queues is kept once a minute, and not for ever', async () => {
  const { server, clock } = scene;
  const { db, log } = server.deps;
  await sql`
    insert into queue_age (at, queue, seconds, waiting) values ('2026-02-01T00:00:00Z', 'run', 1, 1)`.execute(
    db,
  );
  const signals = createTestSignals();
  const look = async (): Promise<void> => {
    const sampler = createQueueSampler({ db, clock, log, signals });
    const looked = signals.until('queue-sampler', 'idle');
    await sampler.start();
    await looked;
    await sampler.stop();
  };
  const minute = clock.now();
  await look();
  await sql`update queue_age set seconds = 7 where at = ${minute}::timestamptz and queue = 'run'`.execute(db);
  clock.advance(30_000);
  await look();
  const { rows } = await sql`
    select queue, seconds, waiting from queue_age
     where at = ${minute}::timestamptz or at < '2026-03-01' order by queue`.execute(db);
  assert.deepEqual(
    rows,
    ['call', 'hook', 'import', 'message', 'run'].map((queue) => ({
      ...{ queue, waiting: 0 },
      seconds: queue === 'run' ? 7 : 0,
    })),
  );
});
