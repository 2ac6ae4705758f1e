import assert from 'node:assert/strict';
import { IMPORT, TOKEN } from '../app/test-muster.ts';
import { type WebScene, webTest } from './scene.ts';

async function importSome({ muster }: WebScene): Promise<void> {
  const data = [
    { data: { email: 'a@example.com' } },
    { data: { email: 'b@example.com' } },
    { data: { email: 'nobody' } },
  ];
  await muster.completed(await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data })));
}

webTest(
  'a fresh server shows the first steps, then what happens and what needs a person',
  {},
  async (scene) => {
    const { page, muster } = scene;
    await scene.visit('/', 'Home');
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    await page
      .getByText(`send batches to ${muster.url}/api/v1.1/workflows/import_and_start_batch_task`)
      .waitFor();
    await page.getByText('Nothing in this time').first().waitFor();
    await scene.checkAccessibility();

    await importSome(scene);
    // The task comes in by itself.
    await page.getByRole('heading', { name: 'Latest tasks' }).waitFor();
    await page.getByText('Completed').waitFor();
    await page.getByRole('link', { name: '1 profile was refused in the last 24 hours' }).waitFor();
    await muster.make('/workflows/1/pause');
    await page.reload();
    await page.getByRole('link', { name: 'The workflow “Welcome” is paused' }).waitFor();
    await page.getByRole('img', { name: 'Profiles imported: Created 2, Refused 1' }).waitFor();
    await scene.checkAccessibility();
    await page.getByText('7 days').click();
    await page.getByRole('img', { name: 'Profiles imported: Created 2, Refused 1' }).waitFor();
    await page.getByRole('link', { name: 'The workflow “Welcome” is paused' }).click();
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
  },
);

webTest(
  'the home page in Russian, dark and narrow',
  { language: 'ru', scheme: 'dark', width: 390, role: 'viewer' },
  async (scene) => {
    await importSome(scene);
    await scene.visit('/', 'Обзор');
    await scene.page.getByRole('link', { name: 'За последние 24 часа отклонён 1 профиль' }).waitFor();
    await scene.page.getByRole('img', { name: /Создано 2, Отклонено 1/ }).waitFor();
    await scene.checkAccessibility();
    await scene.checkWidth();
  },
);

webTest('owners name the installation and leave a notice', {}, async (scene) => {
  const { page, muster } = scene;
  await scene.visit('/settings', 'Settings');
  const row = page.getByRole('table', { name: /^Environment/ }).getByRole('row', { name: /MUSTER_TOKEN/ });
  await row.getByText('set, and secret').waitFor();
  assert.ok(!(await page.content()).includes(TOKEN));
  await scene.checkAccessibility();
  await page.getByLabel('Name of this installation').fill('Staging');
  await page.getByLabel('Notice').fill('Down on Friday at noon');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('note', { name: 'Notice' }).getByText('Down on Friday at noon').waitFor();
  await page.getByRole('banner').getByText('Staging').waitFor();
  assert.equal(await page.title(), 'Settings · Staging · Muster');
  await scene.checkAccessibility();
  await page.context().clearCookies();
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
  await page.getByText('Down on Friday at noon').waitFor();
  assert.ok((await (await fetch(`${muster.url}/api/admin/session`)).text()).includes('Staging'));
});

webTest(
  'others see the settings and cannot change them',
  { role: 'editor', language: 'ru', scheme: 'dark', width: 390 },
  async (scene) => {
    await scene.visit('/settings', 'Параметры');
    await scene.page.getByText('Изменять их могут только владельцы.').waitFor();
    assert.equal(await scene.page.getByRole('button', { name: 'Сохранить' }).count(), 0);
    assert.equal(await scene.page.getByText('MUSTER_ROLE').count(), 0);
    await scene.checkAccessibility();
    await scene.checkWidth();
  },
);
