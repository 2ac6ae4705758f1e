import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deleteProfile, RowEraser, reportTask } from '../../src/importer/index.ts';
import { ImportScene, type Shop } from './import-scene.ts';

const GATHER_MS = 900_000;
let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

async function rowsOf(taskId: string): Promise<unknown[][]> {
  const page = await reportTask(scene.db, taskId, () => true, { from: 0, limit: 1_000 });
  assert.ok(page !== undefined);
  return page.rows.map(({ state, row }) => [state, row]);
}

async function erase({ databaseId }: Shop, email: string): Promise<void> {
  const body = { db_id: databaseId, matching: 'email', email };
  const quiet = (): void => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  await deleteProfile(
    { db: scene.db, clock: scene.clock, log, wakeEngine: quiet },
    body,
    quiet,
    async () => {},
  );
}

/** Steps until nothing is left to do; how many there were. */
async function walk(eraser: RowEraser): Promise<number> {
  let steps = 0;
  while ((await eraser.step(scene.db, scene.clock.now())) > 0) steps += 1;
  return steps;
}

test('the rows of an erased profile are emptied in every task, and no others', async () => {
  const shop = await scene.makeShop();
  const rows = (names: string[]) => names.map((name) => ({ data: { email: `${name}@x.ru`, _lname: name } }));
  const first = await scene.import(shop, [...rows(['a', 'b']), { data: { email: 'none' } }]);
  const second = await scene.import(shop, rows(['b', 'c', 'a']));
  await erase(shop, 'a@x.ru');
  const eraser = new RowEraser();
  assert.equal(await walk(eraser), 0, 'others that are erased soon go on the same walk');
  await erase(shop, 'c@x.ru');
  scene.clock.advance(GATHER_MS + 1);
  assert.ok((await walk(eraser)) > 1);
  const [b, bad] = [rows(['b'])[0], { data: { email: 'none' } }];
  assert.deepEqual(await rowsOf(first.status.taskId), [
    ['created', null],
    ['created', b],
    ['invalid', bad],
  ]);
  assert.deepEqual(await rowsOf(second.status.taskId), [
    ['unchanged', b],
    ['created', null],
    ['unchanged', null],
  ]);
  // Counters and results stay as they were, ids included.
  assert.deepEqual((await scene.imported(second.status.taskId)).results, second.results);
  assert.equal(await walk(eraser), 0);

  // Who comes again, and is erased again, is emptied again.
  const third = await scene.import(shop, rows(['a']));
  await erase(shop, 'a@x.ru');
  scene.clock.advance(GATHER_MS + 1);
  assert.ok((await walk(new RowEraser())) > 1);
  assert.deepEqual(await rowsOf(third.status.taskId), [['created', null]]);
});
