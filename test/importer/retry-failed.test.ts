import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, type JsonValue, MusterError } from '../../src/base/index.ts';
import { cancelTask, reportTask, retryFailed } from '../../src/importer/index.ts';
import { createField } from '../../src/profiles/index.ts';
import { setWorkflowActive } from '../../src/workflow/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, idsOf, type Shop } from './import-scene.ts';

let scene: ImportScene;
let tokenId: number;
before(async () => {
  scene = await ImportScene.open();
  const { rows } = await sql<{ id: number }>`select id from token`.execute(scene.db);
  tokenId = rows[0]?.id ?? 0;
});
after(() => scene.close());

const anybody = (): boolean => true;

async function retry(taskId: string, body: JsonObject = {}, maxItems = 100) {
  const { db, clock } = scene;
  const deps = { db, clock, signals: createTestSignals(), maxItems, retentionDays: 30, wake: () => {} };
  const outcome = await retryFailed(deps, { id: tokenId }, taskId, body, anybody);
  assert.ok(outcome !== undefined);
  return outcome;
}

function refuses(code: number, detail: RegExp): (fault: unknown) => boolean {
  return (fault) => {
    assert.ok(fault instanceof MusterError, String(fault));
    assert.equal(fault.code, code);
    assert.match(fault.detail ?? '', detail);
    return true;
  };
}

/** The field `shop` is unknown at first, so items that have it fail until it is made. */
async function failOne(shop: Shop, more: readonly JsonValue[] = []): Promise<string> {
  const data = [
    { data: { email: 'a@x.ru' } },
    { data: { email: 'b@x.ru', shop: 'North' }, content: { n: 1 } },
  ];
  const { status } = await scene.import(shop, [...data, ...more], { custom_data: { of: 'all' } });
  return status.taskId;
}

async function learnField(shop: Shop): Promise<void> {
  await createField(scene.db, scene.clock, shop.databaseId, { name: 'shop', type: 'string', match: false });
}

test('the failed items are tried again as they were sent, with the rules and the context of their task', async () => {
  const shop = await scene.makeShop();
  const parent = await failOne(shop, [{ data: { email: 'none' } }]);
  await learnField(shop);
  const { taskId, ...sums } = await retry(parent);
  assert.deepEqual(sums, { total: 2, left: 0 });
  const waiting = await scene.status(taskId);
  assert.deepEqual(
    [waiting.status, waiting.parentId, waiting.workflowId],
    ['pending', parent, shop.workflowId],
  );
  await scene.drain();
  const { status, results } = await scene.imported(taskId);
  assert.deepEqual(countersOf(status), { total: 2, created: 1, invalid: 1, started: 1 });
  assert.deepEqual(
    results.map((result) => result.parent_item),
    [1, 2],
  );
  const page = await reportTask(scene.db, taskId, anybody, { from: 0, limit: 10 });
  assert.deepEqual(
    page?.rows.map((row) => [row.item, row.parent_item, row.state]),
    [
      [0, 1, 'created'],
      [1, 2, 'invalid'],
    ],
  );
  const run = (await scene.runs(shop)).at(-1);
  assert.deepEqual(
    [run?.task_id, run?.item_index, run?.content, run?.root_custom_data],
    [taskId, 0, { n: 1 }, { of: 'all' }],
  );
  assert.deepEqual(countersOf(await scene.status(parent)), { total: 3, created: 1, invalid: 2, started: 1 });

  await assert.rejects(
    retry(parent),
    refuses(409, new RegExp(`^task_id: its failed items are tried again by ${taskId}$`)),
  );
  // What failed again may be tried once more, from there.
  const grandchild = await retry(taskId, { data: [{ item: 1, data: { email: 'c@x.ru' } }] });
  await scene.drain();
  assert.equal(idsOf((await scene.imported(grandchild.taskId)).results).length, 1);
});

test('codes choose, and the next request takes what the first has left', async () => {
  const shop = await scene.makeShop();
  await scene.import(shop, [{ data: { email: 'p@x.ru', phones: '+79862014852' } }]);
  await scene.import(shop, [{ data: { email: 'q@x.ru', phones: '+79862014852' } }]);
  const phone = { phones: '+79862014852' };
  const taskId = await scene.submit(shop, [{ data: phone }, { data: { phones: 'x' } }, { data: phone }], {
    matching: 'phone',
  });
  await scene.drain();
  assert.deepEqual(countersOf(await scene.status(taskId)), { total: 3, ambiguous: 2, invalid: 1 });
  await assert.rejects(
    retry(taskId, { codes: [404] }),
    refuses(409, /^task_id: it has no such failed items$/),
  );
  const first = await retry(taskId, { codes: [409] }, 1);
  assert.deepEqual([first.total, first.left], [1, 1]);
  scene.clock.advance(1);
  const second = await retry(taskId, { codes: [409] }, 1);
  assert.deepEqual([second.total, second.left], [1, 0]);
  await assert.rejects(
    retry(taskId, { codes: [409] }),
    refuses(409, new RegExp(`again by ${first.taskId}, ${second.taskId}$`)),
  );
  assert.equal((await retry(taskId)).total, 1);
  await scene.drain();
});

test('data corrects the items that it names, and those alone unless there are codes too', async () => {
  const shop = await scene.makeShop();
  let deep: JsonValue = 1;
  for (let level = 0; level < 40; level += 1) deep = [deep];
  const parent = await failOne(shop, [
    { data: { email: 'none' } },
    { data: { email: 'd@x.ru', deep } },
    { email: 'bare' },
    { data: { email: 'e' } },
  ]);
  const data = [
    { item: 1, data: { email: 'b@x.ru' } },
    { item: 3, data: { email: 'd@x.ru' } },
    { item: 4, data: { email: 'bare@x.ru' } },
  ];
  const { taskId, total } = await retry(parent, { data });
  assert.equal(total, 3);
  await scene.drain();
  const { status } = await scene.imported(taskId);
  assert.deepEqual(countersOf(status), { total: 3, created: 3, started: 3 });
  const run = (await scene.runs(shop)).find((one) => one.task_id === taskId && one.item_index === 0);
  assert.deepEqual(run?.content, { n: 1 });
  const rest = await retry(parent, { codes: [400], data: [{ item: 5, data: { email: 'e@x.ru' } }] });
  assert.equal(rest.total, 2);
  await scene.drain();
  const restStatus = await scene.status(rest.taskId);
  assert.deepEqual(countersOf(restStatus), { total: 2, invalid: 1, created: 1, started: 1 });

  await assert.rejects(
    retry(parent, { data }),
    refuses(409, /^data\[0\]\.item: item 1 .* tried again before$/),
  );
  const good = [{ item: 0, data: {} }];
  await assert.rejects(
    retry(parent, { data: good }),
    refuses(400, /^data\[0\]\.item: item 0 .* not failed$/),
  );
});

test('an item that was not stored is tried again with data alone', async () => {
  const shop = await scene.makeShop();
  let deep: JsonValue = 1;
  for (let level = 0; level < 40; level += 1) deep = [deep];
  const { status } = await scene.import(shop, [{ data: { email: 'a@x.ru', deep } }]);
  await assert.rejects(retry(status.taskId), refuses(409, /not stored can be tried again with data alone$/));
  const { taskId } = await retry(status.taskId, { data: [{ item: 0, data: { email: 'a@x.ru' } }] });
  await scene.drain();
  assert.deepEqual(countersOf((await scene.imported(taskId)).status), { total: 1, created: 1, started: 1 });
});

test('requests at the same moment never try an item twice', async () => {
  const shop = await scene.makeShop();
  const data = Array.from({ length: 12 }, (_, index) => ({ data: { email: `none ${index}` } }));
  const { status } = await scene.import(shop, data);
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => retry(status.taskId, {}, 5)));
  const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.equal(made.length, 3);
  for (const one of outcomes) if (one.status === 'rejected') refuses(409, /tried again by/)(one.reason);
  await scene.drain();
  const tried: (number | undefined)[] = [];
  for (const { taskId } of made) {
    tried.push(...(await scene.imported(taskId)).results.map((result) => result.parent_item));
  }
  assert.deepEqual(
    tried.sort((left, right) => (left ?? 0) - (right ?? 0)),
    data.map((_, index) => index),
  );
});

test('an unfinished task, an inactive workflow and faulty bodies are refused and leave nothing behind', async () => {
  const shop = await scene.makeShop();
  const unfinished = await scene.submit(shop, [{ data: { email: 'none' } }]);
  await assert.rejects(retry(unfinished), refuses(409, /^task_id: the task is not finished/));
  await scene.drain();
  const faults: [JsonObject, RegExp][] = [
    [{ codes: [401] }, /^codes: /],
    [{ codes: 'x' }, /^codes: /],
    [{ data: [5] }, /^data\[0\]: /],
    [{ data: [{ data: {} }] }, /^data\[0\]\.item: /],
    [{ data: [{ item: -1, data: {} }] }, /^data\[0\]\.item: /],
    [{ data: [{ item: 0 }] }, /^data\[0\]\.data: /],
    [
      {
        data: [
          { item: 0, data: {} },
          { item: 0, data: {} },
        ],
      },
      /^data\[1\]\.item: item 0 is there twice$/,
    ],
    [{ data: [{ item: 0, data: {}, attach: [{ file: 'x' }] }] }, /^data\[0\]\.attach: cannot be corrected$/],
    [{ data: [{ item: 7, data: {} }] }, /^data\[0\]\.item: item 7 of the task has not failed$/],
  ];
  for (const [body, detail] of faults) await assert.rejects(retry(unfinished, body), refuses(400, detail));
  await setWorkflowActive(scene.db, scene.clock, shop.workflowId, false);
  await assert.rejects(retry(unfinished), refuses(409, /^task_id: workflow \d+ is not active$/));
  const { rows } = await sql`select from task where parent_id = ${unfinished}`.execute(scene.db);
  assert.equal(rows.length, 0);
});

test('of a cancelled task the items that had failed are tried again, not those that were cancelled', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, [
    { data: { email: 'none' } },
    ...Array.from({ length: 20 }, (_, index) => ({ data: { email: `p${index}@x.ru` } })),
  ]);
  const signals = createTestSignals();
  const held = signals.hold('import.after-commit');
  const drained = scene.drain(signals);
  await held.reached;
  await cancelTask(scene, taskId, anybody);
  held.release();
  await drained;
  const { counters } = await scene.status(taskId);
  assert.ok(counters.invalid === 1 && counters.cancelled > 0);
  assert.equal((await retry(taskId)).total, 1);
  await scene.drain();
});

test('an audience that could not be found is looked for again', async () => {
  const shop = await scene.makeShop();
  await scene.import(shop, [{ data: { email: 'a@x.ru' } }]);
  const audience = { custom_request: { email: { $exists: true } } };
  const parent = await scene.submit(shop, [{ data: { _fname: 'Ann' } }], audience);
  await sql`update import_lane set attempts = 8 where database_id = ${shop.databaseId} and lane = 16`.execute(
    scene.db,
  );
  await scene.drain();
  assert.deepEqual(countersOf((await scene.imported(parent)).status), { total: 1, invalid: 1 });
  const { taskId, total } = await retry(parent);
  assert.equal(total, 1);
  await scene.drain();
  assert.deepEqual(countersOf((await scene.imported(taskId)).status), { total: 1, updated: 1, started: 1 });
  await assert.rejects(retry(parent), refuses(409, new RegExp(`again by ${taskId}$`)));
});
