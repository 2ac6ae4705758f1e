import assert from 'node:assert/strict';
import { isJsonObject } from '../../src/base/index.ts';
import { type WebScene, webTest } from './scene.ts';

async function makeWorkflow({ muster }: WebScene, nodes: object[] = []): Promise<number> {
  const definition = JSON.parse(JSON.stringify({ nodes }));
  const { id } = await muster.make('/workflows', { name: 'Birthday', database_id: 1, definition });
  assert.ok(typeof id === 'number');
  return id;
}

/** Drags an entry of the palette to a place on the canvas, in pixels from its corner. */
async function drag({ page }: WebScene, name: string, x: number, y: number): Promise<void> {
  await page
    .getByRole('button', { name, exact: true })
    .dragTo(page.getByRole('application', { name: 'The graph of the workflow' }), {
      targetPosition: { x, y },
    });
}

/** Draws a way from an output to a node with the mouse. */
async function draw({ page }: WebScene, source: string, key: string, target: string): Promise<void> {
  const from = await page.getByTestId(`out-${source}-${key}`).boundingBox();
  const to = await page.getByTestId(`node-${target}`).boundingBox();
  assert.ok(from !== null && to !== null);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + 20, { steps: 8 });
  await page.mouse.move(to.x + to.width / 2, to.y + 2, { steps: 4 });
  await page.mouse.up();
}

async function nodesOf({ muster }: WebScene, id: number): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${muster.url}/api/admin/workflows/${id}`, {
    headers: { authorization: 'Bearer abcdefghijklmnqrstuvwxyz' },
  });
  const { definition } = JSON.parse(await answer.text());
  const { nodes } = Object(definition);
  return Array.isArray(nodes) ? nodes.filter(isJsonObject) : [];
}

webTest(
  'a workflow of five nodes is drawn by mouse, filled in, published and activated',
  {},
  async (scene) => {
    const { page } = scene;
    const id = await makeWorkflow(scene);
    await scene.visit(`/workflows/${id}/edit`, 'Birthday');
    await scene.checkAccessibility();
    for (const [index, name] of ['Start', 'Condition', 'Delay', 'API call', 'End'].entries()) {
      await drag(scene, name, 200, 25 + index * 108);
    }
    await page.getByTestId('node-end').waitFor();
    await draw(scene, 'start', 'next', 'condition');
    await draw(scene, 'condition', 'yes', 'delay');
    await draw(scene, 'condition', 'no', 'api_call');
    await draw(scene, 'delay', 'next', 'end');
    await draw(scene, 'api_call', 'next', 'end');

    // What is missing is said at the node and at its field, before anybody publishes.
    await page.getByRole('button', { name: /1 fault/ }).waitFor();
    await page.getByTestId('node-api_call').getByRole('img', { name: '1 fault' }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Publish' }).isDisabled());
    await page.getByTestId('node-api_call').click();
    const panel = page.getByRole('region', { name: 'Settings of the node' });
    await panel.getByText('expected a text').waitFor();
    await panel.getByLabel('URL').fill('https://api.example.com/{{lead.email}}');
    await page.getByTestId('node-delay').click();
    await panel.getByLabel('Wait for: Amount').fill('3');
    await page.getByText('3 days').waitFor();
    await scene.checkAccessibility();
    await panel.getByLabel('URL').waitFor({ state: 'detached' });
    await page.getByText('No faults').waitFor();

    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('dialog').getByText('It will be version 1.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Version 1 is published').waitFor();
    const byId = new Map((await nodesOf(scene, id)).map((node) => [node['id'], node]));
    assert.equal(byId.size, 5);
    assert.deepEqual(
      [byId.get('condition')?.['yes'], byId.get('condition')?.['no'], byId.get('delay')?.['for']],
      ['delay', 'api_call', 'P3D'],
    );
  },
);

webTest('steps are undone and redone, nodes copied and deleted by keyboard', {}, async (scene) => {
  const { page } = scene;
  const id = await makeWorkflow(scene, [
    { id: 'start', type: 'start', name: 'Default', next: 'wait' },
    { id: 'wait', type: 'delay', for: 'P1D', next: 'end' },
    { id: 'end', type: 'end' },
  ]);
  await scene.visit(`/workflows/${id}/edit`, 'Birthday');
  const nodes = page.locator('.react-flow__node');
  await page.getByTestId('node-wait').click();
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+v');
  await page.getByTestId('node-wait_2').waitFor();
  assert.equal(await nodes.count(), 4);
  await page.keyboard.press('Control+z');
  await page.getByTestId('node-wait_2').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+z');
  await page.getByTestId('node-wait_2').waitFor();
  await page.getByTestId('node-wait_2').click();
  await page.keyboard.press('Delete');
  await page.getByTestId('node-wait_2').waitFor({ state: 'detached' });
  await page.getByTestId('node-wait').click();
  const panel = page.getByRole('region', { name: 'Settings of the node' });
  await panel.getByLabel('Id').fill('rest');
  await panel.getByLabel('Id').press('Enter');
  await page.getByTestId('node-rest').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByText('The draft is saved').waitFor();
  const saved = await nodesOf(scene, id);
  assert.deepEqual(
    saved.map((node) => [node['id'], node['next']]),
    [
      ['start', 'rest'],
      ['rest', 'end'],
      ['end', undefined],
    ],
  );
});

webTest(
  'a viewer looks at the graph on a phone, in Russian',
  { role: 'viewer', language: 'ru', width: 390 },
  async (scene) => {
    const { page } = scene;
    await scene.visit('/workflows/1/edit', 'Welcome');
    await page.getByTestId('node-start').click();
    await page.getByRole('region', { name: 'Настройки узла' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Опубликовать' }).count(), 0);
    await scene.checkWidth();
  },
);
