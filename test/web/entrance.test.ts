import assert from 'node:assert/strict';
import { TOKEN } from '../app/test-muster.ts';
import { PASSWORD, webTest } from './scene.ts';

webTest('the first owner is made in the browser, logs out and in again', { role: null }, async (scene) => {
  const { page } = scene;
  await scene.visit(`/tasks#setup=${TOKEN}`, 'Welcome to Muster');
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Make the account' }).click();
  assert.equal(await page.getByText('Fill this in').count(), 1);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password once more').fill(`${PASSWORD}!`);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('The two passwords are not the same').waitFor();
  await page.getByLabel('Password once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
  assert.ok(!page.url().includes('setup'), 'the token stays in the address');

  await page.getByRole('button', { name: 'Account and appearance' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await scene.checkAccessibility();
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill('something else');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('E-mail or password is wrong').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
});

webTest('a setup token that is none is refused at its field', { role: null }, async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Setup token').fill('nothing-of-ours-here');
  await page.getByLabel('Your name').fill('Eve');
  await page.getByLabel('E-mail').fill('eve@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('expected a token with the right admin').first().waitFor();
});

webTest('language and colours are chosen and kept', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/', 'Home');
  await page.getByRole('button', { name: 'Account and appearance' }).click();
  await page.getByRole('menuitem', { name: 'Русский' }).click();
  await page.getByRole('heading', { level: 1, name: 'Обзор' }).waitFor();
  await page.getByRole('button', { name: 'Учётная запись и оформление' }).click();
  await page.getByRole('menuitem', { name: 'Тёмное' }).click();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Обзор' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'ru');
  assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark');
});

webTest('a page that does not exist says so; Ctrl-K goes to one that does', {}, async (scene) => {
  const { page } = scene;
  await page.goto('/no/such/page');
  await page.getByText('There is no such page').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a page').fill('home');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});

webTest('a narrow window has the menu behind a button', { width: 390, role: 'viewer' }, async (scene) => {
  const { page } = scene;
  await scene.visit('/', 'Home');
  await scene.checkWidth();
  await page.getByRole('button', { name: 'Open the menu' }).click();
  const menu = page.getByRole('navigation', { name: 'Main menu' });
  await menu.getByRole('link', { name: 'Tasks' }).waitFor();
  // What only owners may see is not offered.
  assert.equal(await menu.getByRole('link', { name: 'Users' }).count(), 0);
  await scene.checkAccessibility();
});
