import assert from 'node:assert/strict';
import { PASSWORD, webTest } from './scene.ts';

webTest('an owner makes a token, it works until it is revoked', {}, async (scene) => {
  const { page, muster } = scene;
  await scene.visit('/tokens', 'API tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const form = page.getByRole('dialog', { name: 'New API token' });
  await form.getByRole('button', { name: 'Make the token' }).click();
  await form.getByText('Fill this in').waitFor();
  await form.getByLabel('Name').fill('Shop');
  await form.getByRole('checkbox', { name: 'Import', exact: true }).uncheck();
  await scene.checkAccessibility();
  await form.getByRole('button', { name: 'Make the token' }).click();

  const made = page.getByRole('dialog', { name: 'The token “Shop”' });
  const secret = (await made.getByRole('alert').locator('pre').innerText()).trim();
  const list = async () =>
    (await muster.post('/api/v1.1/tasks/list', '{}', { authorization: `Bearer ${secret}` })).json['error'];
  assert.equal(await list(), 0);
  await made.getByRole('button', { name: 'Close' }).last().click();

  await page.getByRole('button', { name: 'Revoke: Shop' }).click();
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await page.getByText('The token was revoked').waitFor();
  await page.getByRole('row', { name: /Shop/ }).getByText('Revoked').waitFor();
  assert.equal(await list(), 401);
});

webTest('an owner makes an editor, gives a new password, locks out and deletes', {}, async (scene) => {
  const { page, muster } = scene;
  await scene.visit('/users', 'Users');
  await page.getByRole('button', { name: 'New user' }).click();
  const form = page.getByRole('dialog', { name: 'New user' });
  await form.getByLabel('Name').fill('Grace');
  await form.getByLabel('E-mail').fill('owner@example.com');
  await form.getByRole('button', { name: 'Make the user' }).click();
  await form.getByRole('alert').waitFor();
  await form.getByLabel('E-mail').fill('grace@example.com');
  await form.getByRole('button', { name: 'Make the user' }).click();
  const shown = page.getByRole('dialog', { name: 'The password of Grace' });
  const password = (await shown.locator('pre').innerText()).trim();
  await shown.getByRole('button', { name: 'Close' }).click();

  const logIn = async (given: string) =>
    (await muster.post('/api/admin/session', JSON.stringify({ email: 'grace@example.com', password: given })))
      .status;
  assert.equal(await logIn(password), 200);
  const act = async (action: string) => {
    await page.getByRole('button', { name: 'Actions for Grace' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await act('Lock out');
  await page.getByRole('button', { name: 'Lock out' }).click();
  await page.getByRole('row', { name: /Grace/ }).getByText('Locked out').waitFor();
  assert.equal(await logIn(password), 401);
  await act('Let in again');
  await page.getByRole('row', { name: /Grace/ }).getByText('May log in').waitFor();
  await act('Delete');
  await page.getByRole('button', { name: 'Delete the user' }).click();
  await page.getByRole('row', { name: /Grace/ }).waitFor({ state: 'detached' });

  // Oneself one can rename, and nothing that would lock the door behind one.
  await page.getByRole('button', { name: 'Actions for The owner' }).click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Name and role']);
});

webTest('people change their own name and password', { role: 'viewer' }, async (scene) => {
  const { page } = scene;
  await scene.visit('/account', 'My account');
  await scene.checkAccessibility();
  await page.getByLabel('Name').fill('Vera');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await page.getByLabel('Password now').fill('not the one');
  await page.getByLabel('New password', { exact: true }).fill('another good one');
  await page.getByLabel('New password once more').fill('another good one');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('is not your password').first().waitFor();
  await page.getByLabel('Password now').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password was changed').waitFor();
});

webTest('the audit says who did what, in Russian too', { language: 'ru', scheme: 'dark' }, async (scene) => {
  const { page, muster } = scene;
  await muster.make('/databases', { name: 'Покупатели' });
  await scene.visit('/audit', 'Журнал действий');
  const row = page.getByRole('row', { name: /База: создание/ });
  await row.getByRole('link', { name: 'Покупатели' }).waitFor();
  assert.match(await row.innerText(), /MUSTER_TOKEN|токен/);
  await page.getByRole('row', { name: /Вход: вход выполнен/ }).waitFor();
  await page.getByRole('combobox', { name: 'Вид объекта' }).click();
  await page.getByRole('option', { name: 'база', exact: true }).click();
  await page.getByRole('row', { name: /вход выполнен/ }).waitFor({ state: 'detached' });
  assert.match(page.url(), /kind=database/);
  await scene.checkAccessibility();
});

webTest('a viewer is told what is not for them', { role: 'viewer', width: 390 }, async (scene) => {
  const { page } = scene;
  await scene.visit('/users', 'Users');
  await page.getByText('Your role may not do this').waitFor();
  await scene.checkWidth();
});
