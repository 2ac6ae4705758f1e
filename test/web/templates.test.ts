import assert from 'node:assert/strict';
import { webTest } from './scene.ts';

webTest(
  'a template is made, its fault is seen at its line, mended, previewed and saved',
  {},
  async (scene) => {
    const { page, muster } = scene;
    await muster.make('/profiles', {
      database_id: 1,
      fields: { email: 'grace@example.com', _fname: 'Grace' },
    });
    await scene.visit('/templates', 'Templates');
    await page.getByRole('button', { name: 'New template' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Spring');
    await form.getByRole('button', { name: 'Make the template' }).click();
    await page.getByRole('heading', { level: 1, name: 'Spring' }).waitFor();
    const mail = page.frameLocator('iframe[title=Preview]');
    await mail.getByText('Dear Ada,').waitFor();
    await page.getByLabel('For the profile').fill('grace@example.com');
    await mail.getByText('Dear Grace,').waitFor();
    await scene.checkAccessibility();

    const html = page.getByRole('textbox', { name: 'HTML' });
    await html.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('{{if lead._fname}');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('<p>x</p>\n{if lead._fname}broken');
    await page.getByText(/html, line 2, column/).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').first().waitFor();
    await html.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('{end}');
    await page.getByText(/html, line 2, column/).waitFor({ state: 'detached' });
    await mail.getByText('broken').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved as version 2').waitFor();

    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Differences to the saved one' }).click();
    await page.getByText(/\+ .*broken.*\{end\}/).waitFor();
    await page.getByRole('button', { name: 'Take it as the draft' }).click();
    await mail.getByText('Dear Grace,').waitFor();
  },
);

webTest('a variable goes where the cursor stands, in the place of what is selected', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/templates/1', /./);
  const subject = page.getByLabel('Subject');
  const variable = (form: string) =>
    page.getByRole('region', { name: 'Variables' }).getByRole('button', { name: form, exact: true });
  await subject.fill('Hello you, welcome');
  await subject.press('Home');
  for (let at = 0; at < 'Hello '.length; at += 1) await subject.press('ArrowRight');
  for (let at = 0; at < 'you'.length; at += 1) await subject.press('Shift+ArrowRight');
  await variable('{lead._fname}').click();
  assert.equal(await subject.inputValue(), 'Hello {lead._fname}, welcome');
  await page.keyboard.type('!');
  assert.equal(await subject.inputValue(), 'Hello {lead._fname}!, welcome');
  const html = page.getByRole('textbox', { name: 'HTML' });
  await html.click();
  await page.keyboard.press('Control+a');
  // The editor closes the tag behind the cursor.
  await page.keyboard.type('<b>');
  await variable('{lead._city}').click();
  await page.keyboard.type('?');
  assert.equal(await html.innerText(), '<b>{lead._city}?</b>');
});

webTest(
  'editor and preview are tabs on a phone, in Russian at night',
  { language: 'ru', scheme: 'dark', width: 390 },
  async (scene) => {
    const { page } = scene;
    await scene.visit('/templates', 'Шаблоны');
    await scene.checkWidth();
    await page.getByRole('link').filter({ hasText: /./ }).last().waitFor();
    await scene.visit('/templates/1', /./);
    await page.getByRole('tab', { name: 'Просмотр' }).click();
    await page.getByLabel('Для профиля').waitFor();
    await scene.checkWidth();
    await scene.checkAccessibility();
    assert.equal(await page.getByRole('textbox', { name: 'HTML' }).count(), 0);
  },
);
