import assert from 'node:assert/strict';
import { SMTPServer } from 'smtp-server';
import { webTest } from './scene.ts';

webTest('a field is added to a database, with its index', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/databases', 'Databases and fields');
  await scene.checkAccessibility();
  await page.getByRole('link', { name: 'Customers' }).click();
  await page.getByRole('heading', { level: 1, name: 'Customers' }).waitFor();
  await page.getByRole('button', { name: 'New field' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('CRM_ID');
  await form.getByRole('checkbox', { name: 'Match field' }).check();
  await form.getByRole('button', { name: 'Make the field' }).click();
  await page
    .getByRole('row', { name: /CRM_ID Text Match field/ })
    .getByText('index complete')
    .waitFor();
  await scene.checkAccessibility();
  await page.getByRole('combobox', { name: 'A field that the database does not have' }).click();
  await page.getByRole('option', { name: 'is left out' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();
});

webTest('a sender is tried before one relies on it, and named in a resource', {}, async (scene) => {
  const { page } = scene;
  let isSent = false;
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      stream.resume().once('end', () => {
        isSent = true;
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const address = smtp.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  try {
    await scene.visit('/senders/new', 'New sender');
    await scene.checkAccessibility();
    await page.getByLabel('Name').fill('Own server');
    await page.getByLabel('Host').fill('127.0.0.1');
    await page.getByLabel('Port').fill('1');
    await page.getByRole('combobox', { name: 'Encryption' }).click();
    await page.getByRole('option', { name: 'None' }).click();
    await page.getByLabel('From').fill('Shop <shop@example.com>');
    await page.getByRole('button', { name: 'Try it and save' }).click();
    await page.getByRole('alert').getByText('It does not work').waitFor();
    await page.getByText('the connection failed').waitFor();
    await scene.checkAccessibility();
    assert.equal(await page.getByRole('heading', { level: 1, name: 'New sender' }).count(), 1);
    await page.getByRole('button', { name: 'Save it anyway' }).click();
    await page.getByRole('heading', { level: 1, name: 'Own server' }).waitFor();
    await page.getByLabel('Port').fill(String(address.port));
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.getByRole('button', { name: 'Try it and save' }).click();
    assert.equal((await saved).status(), 200);
    await page.getByRole('button', { name: 'Try it', exact: true }).click();
    await page.getByText('It works: connected and logged in').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('dialog').getByLabel('To').fill('me@example.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The server took it').waitFor();
    assert.ok(isSent);

    await scene.visit('/resources/1', /./);
    await scene.checkAccessibility();
    await page.getByRole('combobox', { name: 'Sender of E-mail' }).click();
    await page.getByRole('option', { name: 'Own server' }).click();
    await page.getByLabel('In a day, at most').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').first().waitFor();
  } finally {
    await new Promise<void>((resolve) => smtp.close(resolve));
  }
});

webTest(
  'contacts are pasted into a suppression list; those that are none are told',
  { language: 'ru', scheme: 'dark', width: 390 },
  async (scene) => {
    const { page } = scene;
    await scene.visit('/suppression', 'Стоп-листы');
    await page.getByRole('button', { name: 'Новый список' }).first().click();
    await page.getByLabel('Название').fill('Не писать');
    await page.getByRole('button', { name: 'Создать список' }).click();
    await page.getByRole('heading', { level: 1, name: 'Не писать' }).waitFor();
    await page.getByLabel('Добавить записи').fill('a@example.com\nnobody\nb@example.com');
    await page.getByRole('button', { name: 'Добавить', exact: true }).click();
    await page.getByText('Пропущены, это не контакты: nobody').waitFor();
    await page.getByText('b@example.com').waitFor();
    await scene.checkWidth();
    await scene.checkAccessibility();
  },
);

webTest('empty lists of messages, calls and hosts say what fills them', { role: 'viewer' }, async (scene) => {
  const { page } = scene;
  await scene.visit('/messages', 'Messages');
  await page.getByText('No messages').waitFor();
  await scene.checkAccessibility();
  await scene.visit('/hosts', 'API calls and hosts');
  await page.getByText('Nothing was called yet').waitFor();
  await page.getByRole('tab', { name: 'Calls' }).click();
  await page.getByText('No calls').waitFor();
  await scene.checkAccessibility();
});
