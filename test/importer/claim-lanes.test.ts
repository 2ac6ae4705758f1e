import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { newUuid } from '../../src/base/index.ts';
import { type ClaimedLanes, claimLanes } from '../../src/importer/sql/claim-lanes.ts';
import { LaneAppetite } from '../../src/importer/tasks/lane-appetite.ts';
import { LANE_COUNT, WIDE_LANE } from '../../src/profiles/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
beforeEach(() => sql`truncate import_chunk, task restart identity cascade`.execute(scene.db));
after(() => scene.close());

function people(count: number): { data: { email: string } }[] {
  return Array.from({ length: count }, (_, n) => ({ data: { email: `p${n}@x.ru` } }));
}

async function claim(limit: number): Promise<ClaimedLanes | undefined> {
  const now = scene.clock.now();
  return claimLanes(scene.db, { token: newUuid(), now, leaseEnd: new Date(now.getTime() + 60_000), limit });
}

async function settledBatches(
  work: (signals: ReturnType<typeof createTestSignals>) => Promise<void>,
): Promise<number[]> {
  const rows: number[] = [];
  const signals = createTestSignals();
  const { report } = signals;
  await work({
    ...signals,
    report: (loop, event, count) => {
      if (event === 'settled') rows.push(count);
      report(loop, event, count);
    },
  });
  return rows;
}

test('a small request is imported in a few transactions, though its rows are in all lanes', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, people(160));
  const { rows: lanes } = await sql<{ lanes: number }>`
    select count(distinct lane)::int as lanes from import_chunk`.execute(scene.db);
  assert.deepEqual(lanes, [{ lanes: LANE_COUNT }]);
  const batches = await settledBatches((signals) => scene.drain(signals));
  assert.equal(
    batches.reduce((sum, rows) => sum + rows, 0),
    160,
  );
  assert.ok(batches.length <= 4, `took ${batches.length} transactions`);
  assert.deepEqual(countersOf(await scene.status(taskId)), { total: 160, created: 160, started: 160 });
});

test('several requests that wait in the same lanes go together, in their order', async () => {
  const shop = await scene.makeShop();
  const tasks: string[] = [];
  for (const name of ['Ann', 'Bob', 'Cid']) {
    tasks.push(
      await scene.submit(
        shop,
        people(20).map(({ data }) => ({ data: { ...data, _fname: name } })),
      ),
    );
  }
  await scene.drain();
  const [first, ...others] = await Promise.all(tasks.map((id) => scene.status(id)));
  assert.ok(first !== undefined);
  assert.deepEqual(countersOf(first), { total: 20, created: 20, started: 20 });
  for (const other of others) assert.deepEqual(countersOf(other), { total: 20, updated: 20, started: 20 });
  const names = new Set((await scene.profiles(shop)).map(({ fields }) => fields['_fname']));
  assert.deepEqual([...names], ['Cid']);
});

test('a claim takes lanes of one database, from the oldest chunk on', async () => {
  const [one, two] = [await scene.makeShop(), await scene.makeShop()];
  await scene.submit(one, people(1));
  await scene.submit(two, people(100));
  await scene.submit(one, people(100));
  const first = await claim(4);
  assert.equal(first?.databaseId, one.databaseId);
  const second = await claim(4);
  assert.equal(second?.databaseId, two.databaseId);
  assert.equal(second.lanes.length, 4);
  assert.equal(
    (await claim(4))?.databaseId,
    two.databaseId,
    'its other lanes are older than those of the first',
  );
});

async function failLane(shop: Shop, lane: number): Promise<void> {
  await sql`update import_lane set attempts = 1 where database_id = ${shop.databaseId} and lane = ${lane}`.execute(
    scene.db,
  );
}

test('a lane whose last claim did not settle is claimed alone, and keeps no other back', async () => {
  const shop = await scene.makeShop();
  await scene.submit(shop, people(100));
  const { rows } = await sql<{ lane: number }>`select lane from import_chunk order by id`.execute(scene.db);
  const [oldest, next] = rows.map(({ lane }) => lane);
  assert.ok(oldest !== undefined && next !== undefined);
  await failLane(shop, oldest);
  await failLane(shop, next);
  const first = await claim(LANE_COUNT);
  assert.deepEqual([first?.lanes, first?.attempts], [[oldest], 2]);
  const second = await claim(LANE_COUNT);
  assert.deepEqual([second?.lanes, second?.attempts], [[next], 2]);
  const third = await claim(LANE_COUNT);
  assert.deepEqual([third?.lanes.length, third?.attempts], [LANE_COUNT - 2, 1]);
  assert.equal(await claim(LANE_COUNT), undefined);
});

test('the wide lane is claimed alone', async () => {
  const shop = await scene.makeShop();
  await scene.submit(shop, [{ data: { email: 'a@x.ru', phones: '+79990000001' } }], {
    matching: 'email_phone',
  });
  assert.deepEqual((await claim(LANE_COUNT))?.lanes, [WIDE_LANE]);
});

test('a claim takes more lanes while they bring little, and fewer when they hold more than it can take', () => {
  const appetite = new LaneAppetite();
  const after_ = (rows: number, lanes: number, hasMore: boolean): number => {
    appetite.note({ rows, lanes, hasMore });
    return appetite.lanes;
  };
  assert.equal(appetite.lanes, 2);
  assert.equal(after_(1_250, 2, false), 2, 'two lanes of a large request');
  assert.equal(after_(20, 2, false), 4);
  assert.equal(after_(40, 4, false), 8);
  assert.equal(after_(80, 8, false), LANE_COUNT);
  assert.equal(after_(80, 8, false), LANE_COUNT);
  assert.equal(after_(1_900, 3, true), 3, 'a large request has come');
  assert.equal(after_(0, 0, true), 1);
});
