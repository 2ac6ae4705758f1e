import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { IMPORT, TOKEN } from '../app/test-muster.ts';
import { type WebScene, webTest } from './scene.ts';

async function fill({ muster }: WebScene): Promise<void> {
  const data = Array.from({ length: 120 }, (_, index) => ({
    data: {
      email: `p${index}@example.com`,
      _fname: index === 7 ? 'Ada' : 'Bert',
      _city: index % 2 ? 'Berlin' : 'Paris',
    },
  }));
  await muster.completed(await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data })));
}

webTest('profiles are looked up, filtered by the builder, counted and paged', {}, async (scene) => {
  const { page } = scene;
  await scene.visit('/profiles', 'Profiles');
  await page.getByText('No profiles yet').waitFor();
  await fill(scene);
  await page.reload();
  const rows = page.getByRole('table', { name: 'Profiles' }).getByRole('row');
  await rows.nth(50).waitFor();
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.getByLabel('E-mail, phone or id').fill('p7@example.com');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.getByRole('row', { name: /Ada/ }).waitFor();
  await rows.nth(2).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('combobox', { name: 'Field' }).fill('_city');
  await page.getByRole('textbox', { name: 'Value' }).fill('Berlin');
  await scene.checkAccessibility();
  await page.getByText('JSON', { exact: true }).click();
  await page.getByText('"Berlin"').first().waitFor();
  await page.getByRole('button', { name: 'Show those who meet it' }).click();
  await page.getByText('60 profiles meet it').waitFor();
  assert.match(page.url(), /filter=/);
});

webTest('one profile: history, fields changed, erased for good', {}, async (scene) => {
  const { page, muster } = scene;
  await fill(scene);
  await scene.visit('/profiles?search=p7@example.com', 'Profiles');
  await page.getByRole('link', { name: 'p7@example.com' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
  await page.getByRole('region', { name: 'History' }).getByText('Run in “Welcome”').waitFor();
  await scene.checkAccessibility();
  await page.getByRole('button', { name: 'Change fields' }).click();
  const fields = page.getByRole('region', { name: 'Fields' });
  await fields.getByLabel('_city', { exact: true }).fill('London');
  await fields.getByLabel('email', { exact: true }).fill('nobody');
  await fields.getByRole('button', { name: 'Save' }).click();
  await fields.getByRole('alert').waitFor();
  await fields.getByLabel('email', { exact: true }).fill('ada@example.com');
  await fields.getByRole('button', { name: 'Save' }).click();
  await fields.getByText('London').waitFor();

  await page.getByRole('button', { name: 'Erase' }).click();
  const dialog = page.getByRole('dialog');
  assert.ok(await dialog.getByRole('button', { name: 'Erase for good' }).isDisabled());
  await dialog.getByRole('textbox').fill('ada@example.com');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await page.getByText('The person was erased').waitFor();
  const { rows } = await sql<{ count: number }>`
    select count(*) from profile where fields ->> '_fname' = 'Ada'
  `.execute(muster.db);
  assert.equal(rows[0]?.count, 0);
});

webTest(
  'a segment by filter, and one of a list, on a phone in Russian',
  { language: 'ru', scheme: 'dark', width: 390 },
  async (scene) => {
    const { page, muster } = scene;
    await fill(scene);
    const { rows } = await sql<{ id: string }>`select id from profile order by id limit 1`.execute(muster.db);
    await scene.visit('/segments', 'Сегменты');
    await page.getByRole('button', { name: 'Новый сегмент' }).first().click();
    await page.getByLabel('Название').fill('Важные');
    await page.getByRole('button', { name: 'Создать сегмент' }).click();
    await page.getByRole('heading', { level: 1, name: 'Важные' }).waitFor();
    await page.getByLabel('Включить профили').fill(rows[0]?.id ?? '');
    await page.getByRole('button', { name: 'Включить' }).click();
    await page.getByRole('link', { name: rows[0]?.id ?? '' }).waitFor();
    await page.getByText('1 профиль').waitFor();
    await scene.checkWidth();
    await scene.checkAccessibility();
    await scene.visit('/profiles', 'Профили');
    await page
      .getByText(/@example.com/)
      .first()
      .waitFor();
    await scene.checkWidth();
    await scene.checkAccessibility();
  },
);

webTest('a profile is put into a static segment and taken out on its page', {}, async (scene) => {
  const { page, muster } = scene;
  const { id } = await muster.make('/profiles', { database_id: 1, fields: { email: 'ada@example.com' } });
  await muster.make('/segments', { name: 'Friends', database_id: 1, kind: 'static' });
  await muster.make('/segments', {
    ...{ name: 'With mail', database_id: 1, kind: 'filter', filter: { email: { $exists: true } } },
  });
  await scene.visit(`/profiles/${id}?database=1`, 'ada@example.com');
  const segments = page.getByRole('region', { name: 'Segments' });
  await segments.getByRole('link', { name: 'With mail' }).waitFor();
  await segments.getByRole('combobox', { name: 'Put into a segment' }).click();
  await page.getByRole('option', { name: 'Friends' }).click();
  await segments.getByRole('link', { name: 'Friends' }).waitFor();
  await scene.checkAccessibility();
  assert.equal(await segments.getByRole('button', { name: 'Take out of With mail' }).count(), 0);
  await segments.getByRole('button', { name: 'Take out of Friends' }).click();
  await segments.getByRole('link', { name: 'Friends' }).waitFor({ state: 'detached' });
});
