import assert from 'node:assert/strict';
import { IMPORT, TOKEN } from '../app/test-muster.ts';
import { webTest } from './scene.ts';

webTest('a workflow is made from the list, and switched off and on from its page', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/workflows', 'Workflows');
  await page.getByRole('row', { name: /Welcome Active/ }).waitFor();
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'New workflow' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Win back');
  await form.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Win back' }).waitFor();
  await page.getByTestId('node-send').waitFor();

  await scene.visit('/workflows/1', 'Welcome');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Switch off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('It takes no more profiles').waitFor();
  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByText('It takes profiles now').waitFor();
});

webTest('runs, a run, versions with their differences, and a test run', {}, async (scene) => {
  const { page, muster } = scene;
  const data = [{ data: { email: 'ada@example.com', _fname: 'Ada' } }];
  await muster.completed(await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data })));
  const nodes = [
    { id: 'start', type: 'start', name: 'Default', next: 'check' },
    { id: 'check', type: 'condition', filter: { _fname: 'Ada' }, yes: 'call', no: 'end' },
    {
      id: 'call',
      type: 'api_call',
      url: 'https://crm.example.com/{lead._fname}',
      save_as: 'crm',
      next: 'end',
      error: 'end',
    },
    { id: 'end', type: 'end', reason: 'done' },
  ];
  const published = await fetch(`${muster.url}/api/admin/workflows/1`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ definition: { nodes } }),
  });
  assert.equal(published.status, 200);
  await scene.visit('/workflows/1?tab=runs', 'Welcome');
  const row = page.getByRole('table', { name: 'Runs' }).getByRole('row').nth(1);
  await row.getByRole('link').first().click();
  await page.getByRole('region', { name: 'What it has gone through' }).waitFor();
  await scene.checkAccessibility();

  await scene.visit('/workflows/1?tab=versions', 'Welcome');
  await page.getByRole('combobox', { name: 'Compared with: 1' }).click();
  await page.getByRole('option', { name: 'the draft' }).click();
  await page.getByText('check: added').waitFor();
  await page.getByText('start: changed').waitFor();
  await scene.checkAccessibility();

  await scene.visit('/workflows/1?tab=test', 'Welcome');
  await page.getByLabel('Profile').fill('ada@example.com');
  await page.getByRole('button', { name: 'Walk' }).click();
  await page.getByText('POST https://crm.example.com/Ada').waitFor();
  await page.getByText('The run ends').waitFor();
  await page.getByRole('combobox', { name: 'How it turns out' }).click();
  await page.getByRole('option', { name: 'error' }).click();
  await page.getByText('→ error').waitFor();
  await scene.checkAccessibility();
});

webTest(
  'the list and a workflow fit a phone, in Russian',
  { language: 'ru', scheme: 'dark', width: 390, role: 'viewer' },
  async (scene) => {
    await scene.visit('/workflows', 'Сценарии');
    await scene.checkWidth();
    await scene.visit('/workflows/1', 'Welcome');
    await scene.checkWidth();
    await scene.checkAccessibility();
    assert.equal(await scene.page.getByRole('tab', { name: 'Пробный прогон' }).count(), 0);
  },
);

webTest(
  'the list counts who is inside, and leads to them; counts of an older version can be seen',
  {},
  async (scene) => {
    const { page, muster } = scene;
    const waiting = (node: string) => ({
      definition: {
        nodes: [
          { id: 'start', type: 'start', name: 'Default', next: node },
          { id: node, type: 'delay', for: 'P1D', next: 'fail' },
          { id: 'fail', type: 'end' },
        ],
      },
    });
    const { id } = await muster.make('/workflows', { name: 'Wait', database_id: 1, ...waiting('first') });
    const change = async (body: object) => {
      const answer = await fetch(`${muster.url}/api/admin/workflows/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.equal(answer.status, 200);
    };
    const send = async (email: string) =>
      muster.completed(
        await muster.post(
          IMPORT,
          JSON.stringify({ token: TOKEN, workflow_id: id ?? 0, data: [{ data: { email } }] }),
        ),
      );
    await muster.make(`/workflows/${id}/publish`);
    await muster.make(`/workflows/${id}/activate`);
    await send('a@example.com');
    await send('b@example.com');
    await change(waiting('second'));
    await muster.make(`/workflows/${id}/publish`);
    await send('c@example.com');

    await scene.visit('/workflows', 'Workflows');
    await page.getByRole('link', { name: 'Waiting: 3' }).waitFor();
    await scene.checkAccessibility();
    await page.getByRole('link', { name: 'Waiting: 3' }).click();
    await page.getByRole('heading', { level: 1, name: 'Wait' }).waitFor();
    await page
      .getByRole('radio', { name: 'Waiting' })
      .and(page.locator(':checked'))
      .waitFor({ state: 'attached' });
    await page.getByRole('table', { name: 'Runs' }).getByRole('row').nth(3).waitFor();

    await scene.visit(`/workflows/${id}?tab=versions`, 'Wait');
    await page
      .getByRole('region', { name: 'Version 2' })
      .getByText(/published by/)
      .waitFor();
    await scene.visit(`/workflows/${id}/edit`, 'Wait');
    await page.getByRole('combobox', { name: 'Version that is counted' }).click();
    await page.getByRole('option', { name: 'Version 1: 2 inside' }).click();
    await scene.checkAccessibility();
  },
);
