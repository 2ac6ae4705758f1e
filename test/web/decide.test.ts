import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type WebScene, webTest } from './scene.ts';

const NOW = '2026-03-02T10:00:00Z';
const COUNT = 130;

/** Messages that a process that died may have sent, or not. */
async function parkMessages({ muster }: WebScene): Promise<void> {
  const rows = Array.from({ length: COUNT }, (_, at) => ({
    ...{
      slot: 3,
      id: String(at + 1).padStart(24, '0'),
      database_id: 1,
      profile_id: 'b'.repeat(24),
      share: 0,
    },
    ...{
      channel: 'email',
      resource_id: 1,
      template_id: 1,
      template_version: 1,
      sender_id: 1,
      address: 'a@x.ru',
    },
    ...{
      is_test: false,
      attempts: 1,
      on_unknown: 'park',
      give_up_at: NOW,
      created_at: NOW,
      opens: 0,
      clicks: 0,
    },
    ...{ status: 'unknown', sent_at: NOW, reason: 'the process died' },
  }));
  await sql`
    insert into message
    select * from jsonb_populate_recordset(null::message, ${JSON.stringify(rows)}::jsonb)`.execute(muster.db);
}

webTest('messages that wait for a decision are decided all at once', {}, async (scene) => {
  const { page, muster } = scene;
  await parkMessages(scene);
  await scene.visit('/messages?status=parked', 'Messages');
  await page.getByRole('button', { name: 'Decide all …' }).click();
  const dialog = page.getByRole('dialog');
  assert.ok(await dialog.getByRole('button', { name: 'Decide all' }).isDisabled());
  await dialog.getByRole('radio', { name: 'It was sent: go on' }).check();
  await scene.checkAccessibility();
  await dialog.getByRole('button', { name: 'Decide all' }).click();
  await dialog.getByText(`${COUNT} are decided`).waitFor();
  await dialog.getByText('Close', { exact: true }).click();
  await page.getByText('No messages').waitFor();
  const { rows } = await sql`select status, count(*) as count from message group by status`.execute(
    muster.db,
  );
  assert.deepEqual(rows, [{ status: 'sent', count: COUNT }]);
});

webTest(
  'calls that wait are found by an address; viewers decide nothing',
  { role: 'viewer', language: 'ru', width: 390 },
  async (scene) => {
    await scene.visit('/hosts?tab=calls&status=parked', 'API-вызовы и хосты');
    await scene.page.getByText('Вызовов нет').waitFor();
    assert.equal(await scene.page.getByRole('combobox', { name: 'Статус' }).inputValue(), 'Нужно решение');
    assert.equal(await scene.page.getByRole('button', { name: 'Решить для всех…' }).count(), 0);
    await scene.checkWidth();
  },
);
