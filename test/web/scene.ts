import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { TestMuster } from '../app/test-muster.ts';

/** Where Debian and others put Chromium; MUSTER_TEST_BROWSER names another one. */
const programs = [
  process.env['MUSTER_TEST_BROWSER'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const program = programs.find((path) => path !== '' && existsSync(path));

/** On the machine that decides, pages that were not looked at have not passed. */
const isRequired = process.env['CI'] === 'true';
const skip =
  program === undefined && !isRequired
    ? 'no Chromium on this machine: the tests of the web UI are left out (set MUSTER_TEST_BROWSER to its path)'
    : false;

/** Longer than anything takes on a busy machine: a page that is not as expected by then never will be. */
const LIMIT_MS = 30_000;
export const PASSWORD = 'correct horse battery';

export interface WebSceneOptions {
  /** Who is logged in; absent = an owner, null = nobody, nor is there any user. */
  readonly role?: 'owner' | 'editor' | 'viewer' | null;
  readonly language?: 'en' | 'ru';
  readonly scheme?: 'light' | 'dark';
  readonly width?: 1280 | 390;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The whole program on a database of its own, and a browser before it. */
export class WebScene {
  readonly muster: TestMuster;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly page: Page;
  /** What the browser has complained of: scripts that threw, parts that the policy of the server keeps out. */
  readonly complaints: string[] = [];

  static async open(options: WebSceneOptions = {}): Promise<WebScene> {
    const { role = 'owner', language = 'en', scheme = 'light', width = 1280, settings = {} } = options;
    assert.ok(program !== undefined, `no Chromium at any of: ${programs.join(' ')}`);
    const muster = await TestMuster.start(settings);
    const browser = await chromium.launch({
      executablePath: program,
      // Chromium refuses to run as root with its sandbox; what is opened here is ours.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    const context = await browser.newContext({
      baseURL: muster.url,
      viewport: { width, height: 800 },
      locale: language === 'en' ? 'en-GB' : 'ru-RU',
      timezoneId: 'Europe/Berlin',
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(LIMIT_MS);
    if (role !== null) {
      const email = `${role}@example.com`;
      await muster.make('/users', { email, name: `The ${role}`, role, password: PASSWORD });
      const answer = await context.request.post('/api/admin/session', {
        data: { email, password: PASSWORD },
      });
      assert.equal(answer.status(), 200, await answer.text());
    }
    return new WebScene(muster, browser, context, await context.newPage());
  }

  constructor(muster: TestMuster, browser: Browser, context: BrowserContext, page: Page) {
    this.muster = muster;
    this.#browser = browser;
    this.#context = context;
    this.page = page;
    page.on('pageerror', (fault) => this.complaints.push(fault.stack ?? fault.message));
    page.on('console', (message) => {
      // What the server refuses is told here as well, with an address; tests ask for it.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.complaints.push(message.text());
      }
    });
  }

  /** Opens an address, and waits until its heading is there. */
  async visit(path: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(path);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** Fails where axe finds something serious on the page as it stands. */
  async checkAccessibility(): Promise<void> {
    // Not by a script element, which the policy of the server would keep out.
    await this.page.evaluate(axe.source);
    const found: { id: string; impact: string | null; help: string; nodes: { html: string }[] }[] =
      await this.page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
      );
    const serious = found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
    assert.deepEqual(serious, [], this.page.url());
  }

  /** Fails where the page can be pushed sideways: something is wider than the window. */
  async checkWidth(): Promise<void> {
    const excess: number = await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.ok(excess <= 0, `${this.page.url()} is ${excess} pixels wider than the window`);
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.#browser.close();
    await this.muster.stop();
  }
}

/** A test in a browser: opens a scene, closes it, and fails where the browser has complained. */
export function webTest(
  name: string,
  options: WebSceneOptions,
  work: (scene: WebScene) => Promise<void>,
): void {
  test(name, { skip }, async () => {
    const scene = await WebScene.open(options);
    try {
      await work(scene);
      assert.deepEqual(scene.complaints, []);
    } finally {
      await scene.close();
    }
  });
}
