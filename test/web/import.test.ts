import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { webTest } from './scene.ts';
import { writeXlsx } from './write-xlsx.ts';

const ROWS = 10_000;

/** Every hundredth row has no e-mail address. */
function printCsv(): string {
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const email = index % 100 === 99 ? 'nobody' : `person${index}@example.com`;
    return `${email};Имя ${index};24.12.1990;${index}`;
  });
  return `E-mail;Имя;Дата рождения;Бонусы\n${lines.join('\n')}\n`;
}

webTest('a CSV of 10,000 rows goes from the file to the end of its task', {}, async (scene) => {
  const { page, muster } = scene;
  await scene.visit('/import', 'New import');
  await scene.checkAccessibility();
  await page.locator('input[type=file]').setInputFiles({
    name: 'people.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(printCsv()),
  });
  await page.getByText('10,000 rows').waitFor();
  await page.getByRole('combobox', { name: 'Workflow' }).click();
  await page.getByRole('option', { name: 'Welcome' }).click();
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Next' }).click();

  // A field that the database lacks is made on the spot.
  const target = (column: string) => page.getByRole('combobox', { name: `Goes to: ${column}` });
  assert.equal(await target('Имя').inputValue(), '_fname');
  assert.equal(await target('Бонусы').inputValue(), 'Leave out');
  await target('Бонусы').click();
  await page.getByRole('option', { name: 'New field …' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('bonus');
  await form.getByRole('button', { name: 'Make the field' }).click();
  await form.waitFor({ state: 'detached' });
  assert.equal(await target('Бонусы').inputValue(), 'bonus');
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Next' }).click();

  const forecast = page.getByRole('table', { name: 'Check' });
  const refused = forecast.getByRole('row').nth(1);
  assert.match(
    await refused.innerText(),
    /100\s+Имя 99, nobody\s+Refused\s+email: expected an e-mail address/,
  );
  await forecast.getByRole('row', { name: /person0@example.com New/ }).waitFor();
  const { rows } = await sql<{ count: number }>`select count(*) from profile`.execute(muster.db);
  assert.equal(rows[0]?.count, 0, 'the check has written something');
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Next' }).click();

  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByText('The import is complete').waitFor();
  await page.getByText('100 rows were refused').waitFor();
  const stored = await sql<{ count: number }>`
    select count(*) from profile
     where fields ->> '_bdate' = '1990-12-24' and (fields ->> 'bonus')::int >= 0
  `.execute(muster.db);
  assert.equal(stored.rows[0]?.count, 9900);
  await page.getByRole('link', { name: 'To the task' }).click();
  await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
});

webTest(
  'rows are pasted on a phone, in Russian; leaving asks',
  { language: 'ru', width: 390 },
  async (scene) => {
    const { page } = scene;
    await scene.visit('/import', 'Новый импорт');
    await page.getByLabel('Или вставьте строки').fill('email\tname\na@x.org\tAnna\nb@x.org\tBert');
    await page.getByRole('button', { name: 'Взять вставленное' }).click();
    await page.getByText('2 строки').waitFor();
    await scene.checkWidth();
    await page.getByRole('button', { name: 'Дальше' }).click();
    await page.getByRole('combobox', { name: 'Куда: email' }).waitFor();
    await scene.checkWidth();
    await page.getByRole('button', { name: 'Открыть меню' }).click();
    await page.getByRole('link', { name: 'Задачи' }).click();
    await page.getByText('Изменения не сохранены').waitFor();
    await page.getByRole('button', { name: 'Остаться' }).click();
    await page.getByRole('combobox', { name: 'Куда: email' }).waitFor();
  },
);

webTest('a workbook is read, also one that is unpacked by workers of its own', {}, async (scene) => {
  const { page } = scene;
  const choose = (name: string, count: number) => {
    const people = Array.from({ length: count }, (_, at) => [
      `person${at}@example.com`,
      `Имя ${at}`,
      'Berlin',
    ]);
    const buffer = writeXlsx([['E-mail', 'Имя', 'City'], ...people]);
    const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    return page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
  };
  await scene.visit('/import', 'New import');
  await choose('few.xlsx', 3);
  await page.getByText('3 rows').waitFor();
  await page.getByRole('button', { name: 'Another file' }).click();
  await choose('many.xlsx', 12_000);
  await page.getByText('12,000 rows').waitFor();
  await page.getByRole('cell', { name: 'person2@example.com' }).waitFor();
});

webTest('a file that is none says what is wrong', {}, async ({ page }) => {
  await page.goto('/import');
  const choose = (name: string, text: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await choose('a.xlsx', 'no workbook');
  await page.getByText('It is no XLSX workbook').waitFor();
  await choose('b.json', '[{"a":');
  await page.getByText('It is no JSON').waitFor();
  await choose('c.csv', '');
  await page.getByText('There are no rows in it').waitFor();
});
