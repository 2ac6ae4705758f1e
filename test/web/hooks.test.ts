import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { IMPORT, TOKEN } from '../app/test-muster.ts';
import { webTest } from './scene.ts';

/** Longer than a delivery takes on a busy machine. */
const LIMIT_MS = 30_000;

/** A target on loopback that takes nothing until it is told to. */
class Target {
  readonly ids: string[] = [];
  readonly #news = new EventEmitter();
  isWilling = true;
  url = '';
  readonly #server = createServer((request, response) => {
    void text(request).then(() => {
      this.ids.push(String(request.headers['webhook-id']));
      this.#news.emit('request');
      response.statusCode = this.isWilling ? 200 : 410;
      response.end(this.isWilling ? 'fine' : 'gone');
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    assert.ok(typeof address === 'object' && address !== null);
    this.url = `http://127.0.0.1:${address.port}/events`;
  }

  /** Resolves once it is so, looked at with every request. */
  async until(isSo: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    while (!isSo()) await once(this.#news, 'request', { signal });
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

webTest(
  'a hook is made, pinged, gets events, and sends a delivery again',
  { settings: { MUSTER_ALLOW_PRIVATE_TARGETS: '1' } },
  async (scene) => {
    const { page, muster } = scene;
    const target = new Target();
    await target.start();
    try {
      await scene.visit('/hooks', 'Hooks');
      await page.getByText('No hooks yet').waitFor();
      await scene.checkAccessibility();
      await page.getByRole('button', { name: 'New hook' }).first().click();
      const form = page.getByRole('dialog', { name: 'New hook' });
      await form.getByLabel('Name').fill('CRM');
      await form.getByLabel('URL', { exact: true }).fill('crm.example.com');
      await form.getByRole('button', { name: 'Make the hook' }).click();
      await form.getByText('An address that begins with').waitFor();
      await form.getByLabel('URL', { exact: true }).fill(target.url);
      // Of the events of one type there is one delivery.
      await form.getByLabel('Events', { exact: true }).fill('import_api');
      await page.keyboard.press('Enter');
      await form.getByLabel('Wait for a batch to fill').fill('0');
      target.isWilling = false;
      await form.getByRole('button', { name: 'Make the hook' }).click();
      await form.getByRole('alert').getByText('the answer was HTTP 410: gone').waitFor();
      await form.getByRole('button', { name: 'Save it anyway' }).waitFor();
      await scene.checkAccessibility();
      target.isWilling = true;
      // What was found of other settings is told no more.
      await form.getByLabel('Name').fill('The CRM');
      await form.getByRole('alert').waitFor({ state: 'detached' });
      await form.getByLabel('Name').fill('CRM');
      await form.getByRole('alert').waitFor();
      await form.getByRole('button', { name: 'Make the hook' }).click();
      const secret = page.getByRole('dialog', { name: 'The signing secret of “CRM”' });
      assert.match(await secret.locator('pre').innerText(), /^whsec_/);
      await secret.getByRole('button', { name: 'Close' }).click();

      await page.getByRole('link', { name: 'CRM' }).click();
      await page.getByRole('heading', { level: 1, name: 'CRM' }).waitFor();
      await page.getByRole('button', { name: 'Ping' }).click();
      await page.getByText('The target took it: HTTP 200').waitFor();

      const data = [{ data: { email: 'a@example.com' } }];
      await muster.completed(
        await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data })),
      );
      const row = page.getByRole('table', { name: 'Deliveries' }).getByRole('row').nth(1);
      await row.getByText('Taken').waitFor();
      await scene.checkAccessibility();
      await row.getByRole('button', { name: /^Send again/ }).click();
      await page.getByText('1 delivery goes out again').waitFor();
      await row.getByText('Taken').waitFor();
      // Two pings before it was made, one after.
      const first = target.ids[3];
      assert.ok(first !== undefined);
      await target.until(() => target.ids.filter((id) => id === first).length === 2);

      await row.getByRole('button').first().click();
      await page.getByRole('dialog').getByText('import_api').waitFor();
    } finally {
      target.stop();
    }
  },
);

webTest(
  'a target that is gone is told of, in Russian on a phone',
  { language: 'ru', width: 390, scheme: 'dark', settings: { MUSTER_ALLOW_PRIVATE_TARGETS: '1' } },
  async (scene) => {
    const { page, muster } = scene;
    const target = new Target();
    await target.start();
    target.isWilling = false;
    try {
      const { id } = await muster.make('/hooks', { name: 'CRM', url: target.url });
      await scene.visit(`/hooks/${id}`, 'CRM');
      await page.getByRole('button', { name: 'Проверить связь' }).click();
      await page.getByText('Адресат не принял').waitFor();
      await scene.checkWidth();
      await scene.checkAccessibility();
    } finally {
      target.stop();
    }
  },
);
