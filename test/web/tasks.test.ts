import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { IMPORT, STATUS, TOKEN } from '../app/test-muster.ts';
import { type WebScene, webTest } from './scene.ts';

/** Sends profiles of which every tenth has no e-mail address. */
async function send({ muster }: WebScene, rows: number, prefix: string): Promise<string> {
  const data = Array.from({ length: rows }, (_, index) => ({
    data: { email: index % 10 === 9 ? 'no address' : `${prefix}${index}@example.com`, _fname: 'A' },
  }));
  const answer = await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data }));
  assert.equal(answer.json['error'], 0, answer.text);
  return String(answer.json['task_id']);
}

webTest('the list moves by itself: tasks come in and go to their end', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/tasks', 'Tasks');
  await page.getByText('No tasks yet').waitFor();
  await scene.checkAccessibility();
  await send(scene, 2000, 'a');
  const row = page.getByRole('row', { name: /Welcome/ });
  await row.getByText('Completed').waitFor();
  await row.getByText('2,000 profiles').waitFor();
  await row.getByText('200 failed').waitFor();
  await scene.checkAccessibility();
  await row.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
});

webTest(
  'one task: reasons with examples, its report, its profiles and runs, another try',
  {},
  async (scene) => {
    const { page, muster } = scene;
    const id = await send(scene, 1000, 'b');
    await muster.idle();
    await scene.visit(`/tasks/${id}`, 'Welcome');
    const reason = page.getByRole('region', { name: 'email: expected an e-mail address to match by' });
    await reason.getByText('100 profiles').waitFor();
    await reason.getByText('Profile 10 of the request').waitFor();
    await scene.checkAccessibility();

    await page.getByRole('button', { name: 'Report' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Failed ones as CSV' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n');
    assert.equal(lines.length, 101);

    await page.getByRole('tab', { name: 'Profiles' }).click();
    const rows = page.getByRole('table', { name: 'Profiles' }).getByRole('row');
    await rows.nth(50).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await rows.filter({ hasText: '51' }).first().waitFor();
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('table', { name: 'Runs' }).getByText('Ended').first().waitFor();

    await page.getByRole('button', { name: 'Try failed ones again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try failed ones again' }).click();
    await page.waitForURL((url) => url.pathname !== `/tasks/${id}`);
    await page.getByRole('link', { name: id.slice(0, 8) }).waitFor();
  },
);

webTest(
  'a waiting task is cancelled, in Russian on a phone at night',
  { language: 'ru', scheme: 'dark', width: 390, settings: { MUSTER_ROLE: 'api' } },
  async (scene) => {
    const { page, muster } = scene;
    const id = await send(scene, 30, 'c');
    await scene.visit('/tasks', 'Задачи');
    await scene.checkWidth();
    await scene.checkAccessibility();
    await page.getByRole('button', { name: 'Отменить' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Отменить задачу' }).click();
    await page.getByText('Отменена').first().waitFor();
    await page.getByRole('link', { name: 'Welcome' }).click();
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
    await scene.checkWidth();
    await page.getByRole('tab', { name: 'Прохождения' }).click();
    await page.getByRole('radiogroup', { name: 'Статус' }).waitFor();
    await scene.checkWidth();
    await scene.checkAccessibility();
    const { json } = await muster.post(STATUS, JSON.stringify({ token: TOKEN, task_id: id }));
    assert.equal(Object(json['data'])['status'], 'cancelled');
  },
);

webTest(
  'a viewer sees tasks and cannot touch them',
  { role: 'viewer', settings: { MUSTER_ROLE: 'api' } },
  async (scene) => {
    const { page } = scene;
    await send(scene, 3, 'd');
    await scene.visit('/tasks', 'Tasks');
    await page.getByText('0 of 3').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'New import' }).count(), 0);
  },
);
