import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { TestMuster, TOKEN } from '../app/test-muster.ts';
import { startProxy } from './import-proxy.ts';
import { type RunResult, type RunSettings, runMuster } from './run-muster.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const ROWS = 3_000;
/** Every hundredth row has no e-mail address that could be one. */
const BAD = ROWS / 100;

let muster: TestMuster;
let folder: string;
beforeEach(async () => {
  muster = await TestMuster.start();
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await muster.stop();
});

function run(words: readonly string[], settings: RunSettings = {}): Promise<RunResult> {
  return runMuster(words, { environment: { MUSTER_URL: muster.url, MUSTER_TOKEN: TOKEN }, ...settings });
}

function importing(path: string, ...words: string[]): string[] {
  return ['import', path, '--workflow', '1', ...words];
}

function csv(rows: number): string {
  const lines = Array.from({ length: rows }, (_unused, index) => {
    const email = index % 100 === 0 ? `nobody-${index}` : `p${index}@example.com`;
    return `${email},"Name, ${index}",Омск`;
  });
  return `\ufeffE-mail,First name,Town\r\n${lines.join('\r\n')}\r\n`;
}

const MAPS = ['--map', 'E-mail=email', '--map', 'First name=_fname', '--map', 'Town=_city'];

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Profiles, runs and tasks that there are. */
async function counts(): Promise<{ profiles: number; runs: number; items: number }> {
  const { rows } = await sql<{ profiles: number; runs: number; items: number }>`
    select (select count(*) from profile) as profiles, (select count(*) from run) as runs,
           (select coalesce(sum(total), 0)::int from task) as items`.execute(muster.db);
  assert.ok(rows[0]);
  return rows[0];
}

test('a table of 3,000 rows is imported in batches, and its bad rows are written to a file', async () => {
  const path = await write('crowd.csv', csv(ROWS));
  const result = await run(importing(path, ...MAPS, '--batch', '700', '--parallel', '3', '--json'));
  assert.equal(result.code, 1, result.err);
  assert.equal(result.err, '');
  const document = result.json();
  const { reasons, task_ids: taskIds, ...facts } = document;
  assert.deepEqual(facts, {
    ...{ file: path, dry_run: false, rows: ROWS, failed: BAD },
    counters: {
      ...{ total: ROWS, waiting: 0, created: ROWS - BAD, updated: 0, unchanged: 0, invalid: BAD },
      ...{ ambiguous: 0, not_found: 0, cancelled: 0, started: ROWS - BAD, skipped_reentry: 0 },
    },
    failed_file: `${path}.failed.csv`,
  });
  assert.ok(Array.isArray(taskIds) && taskIds.length === 5);
  assert.ok(Array.isArray(reasons));
  assert.deepEqual(
    reasons.map((reason) => [Object(reason)['field'], Object(reason)['count'], Object(reason)['line']]),
    [['email', BAD, 2]],
  );
  assert.deepEqual(await counts(), { profiles: ROWS - BAD, runs: ROWS - BAD, items: ROWS });
  const { rows } =
    await sql`select fields - 'email' as fields from profile where fields ->> 'email' = 'p101@example.com'`.execute(
      muster.db,
    );
  assert.deepEqual(rows, [{ fields: { _fname: 'Name, 101', _city: 'Омск' } }]);
  assert.ok(!existsSync(`${path}.muster-journal`));

  const failed = await readFile(`${path}.failed.csv`, 'utf8');
  const lines = failed.split('\r\n');
  assert.equal(lines.length, 1 + BAD + 1);
  assert.equal(lines[0], '\ufeffE-mail,First name,Town,muster_line,muster_state,muster_field,muster_error');
  assert.match(lines[2] ?? '', /^nobody-100,"Name, 100",Омск,102,invalid,email,.*expected an e-mail address/);

  // The rows are there, and where the failed ones go can be said again.
  const other = await run(importing(path, ...MAPS, '--failed', join(folder, 'no/such/folder.csv')));
  assert.equal(other.code, 2);
  assert.match(
    other.err,
    /folder\.csv cannot be written: ENOENT.*; all else is done; the same command with --failed/,
  );
  const mended = await run(importing(path, ...MAPS, '--failed', join(folder, 'failed.csv')));
  assert.equal(mended.code, 1);
  assert.match(mended.out, new RegExp(`became: unchanged ${ROWS - BAD}, invalid ${BAD}\n`));
  assert.deepEqual((await counts()).items, 2 * ROWS);

  // Mended, the file is imported as it is.
  await writeFile(path, failed.replaceAll(/^nobody-(\d+)/gm, 'p$1@example.com'));
  const again = await run(importing(path, ...MAPS));
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, new RegExp(`^${BAD} rows of .* became: created ${BAD}\n`));
  assert.deepEqual(await counts(), {
    ...{ profiles: ROWS, items: 2 * ROWS + BAD },
    runs: 2 * (ROWS - BAD) + BAD,
  });
});

/** An address at which nobody listens. */
async function closedUrl(): Promise<string> {
  const proxy = await startProxy(muster.url, () => 'pass');
  proxy.close();
  return proxy.url;
}

test('an import that is killed between the acceptance of a batch and its answer is resumed; no row comes twice', async () => {
  const path = await write('killed.csv', csv(1_000));
  const words = importing(path, ...MAPS, '--batch', '100', '--parallel', '2', '--json');
  let victim: ReturnType<typeof spawn> | undefined;
  const proxy = await startProxy(muster.url, (nth) => {
    if (nth !== 5) return 'pass';
    victim?.kill('SIGKILL');
    return 'cut';
  });
  try {
    const environment = { MUSTER_URL: proxy.url, MUSTER_TOKEN: TOKEN };
    victim = spawn(process.execPath, [MAIN, ...words], {
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    });
    const [, signal] = await once(victim, 'exit');
    assert.equal(signal, 'SIGKILL');
    assert.ok(existsSync(`${path}.muster-journal`));
    const sentBefore = proxy.requestIds.length;
    assert.ok(sentBefore >= 5 && sentBefore < 10, `${sentBefore} batches were sent`);

    const result = await run(words, { environment });
    assert.equal(result.code, 1, result.err);
    const { failed, rows, task_ids: taskIds } = result.json();
    assert.deepEqual({ failed, rows }, { failed: 10, rows: 1_000 });
    assert.ok(Array.isArray(taskIds) && new Set(taskIds).size === 10);
    assert.equal(new Set(proxy.requestIds).size, 10);
    assert.ok(proxy.requestIds.length > 10, 'the batch without an answer was not sent again');
    await muster.idle();
    assert.deepEqual(await counts(), { profiles: 990, runs: 990, items: 1_000 });
    assert.ok(!existsSync(`${path}.muster-journal`));
  } finally {
    proxy.close();
  }
});

test('Ctrl-C stops an import, says how to go on, and the same command does', async () => {
  const path = await write('stopped.csv', csv(500));
  const words = importing(path, ...MAPS, '--batch', '100', '--parallel', '1');
  const controller = new AbortController();
  const proxy = await startProxy(muster.url, (nth) => {
    if (nth === 3) controller.abort();
    return 'pass';
  });
  try {
    const environment = { MUSTER_URL: proxy.url, MUSTER_TOKEN: TOKEN };
    const stopped = await run(words, { environment, signal: controller.signal });
    assert.equal(stopped.code, 130);
    assert.match(stopped.err, /^Stopped\. The server has 2 batches .* the same command again sends the rest/);
    const result = await run(words, { environment });
    assert.equal(result.code, 1, result.err);
    assert.match(result.err, /^Goes on where it stopped: 3 batches were sent before\.\n/);
    await muster.idle();
    assert.deepEqual(await counts(), { profiles: 495, runs: 495, items: 500 });
  } finally {
    proxy.close();
  }
});

test('a server that is busy or broken for a while is tried again with the same Request-ID', async () => {
  const path = await write('busy.csv', csv(100));
  const busy = { error: 429, error_text: 'Too many requests', error_debug: 'too much waits' };
  const proxy = await startProxy(muster.url, (nth) => {
    if (nth === 1) return { status: 200, body: JSON.stringify(busy), headers: { 'retry-after': '7' } };
    if (nth === 2) return { status: 502, body: 'bad gateway', headers: {} };
    return nth === 3 ? 'cut' : 'pass';
  });
  const pauses: number[] = [];
  const clock = {
    now: () => new Date(),
    sleep: async (ms: number) => {
      pauses.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  try {
    const environment = { MUSTER_URL: proxy.url, MUSTER_TOKEN: TOKEN };
    const result = await run(importing(path, ...MAPS), { environment, clock });
    assert.equal(result.code, 1, result.err);
    assert.match(result.err, /: too much waits; again in 7 s, for up to 15 min\n$/);
    assert.ok(pauses.includes(7_000));
    assert.deepEqual(new Set(proxy.requestIds).size, 1);
    assert.equal(proxy.requestIds.length, 4);
    assert.deepEqual(await counts(), { profiles: 99, runs: 99, items: 100 });
  } finally {
    proxy.close();
  }
});

test('an import does not go on with a file or settings that have changed', async () => {
  const path = await write('changed.csv', csv(300));
  const words = importing(path, ...MAPS, '--batch', '100', '--parallel', '1');
  const controller = new AbortController();
  const proxy = await startProxy(muster.url, (nth) => {
    if (nth === 2) controller.abort();
    return 'pass';
  });
  const environment = { MUSTER_URL: proxy.url, MUSTER_TOKEN: TOKEN };
  try {
    assert.equal((await run(words, { environment, signal: controller.signal })).code, 130);
    const other = await run([...words, '--content', '{"code":"A"}'], { environment });
    assert.equal(other.code, 2);
    assert.match(other.err, /begun with other settings; give the same ones to go on, or --restart/);
    await writeFile(path, csv(300).replace('Name, 7', 'Name, 8'));
    const changed = await run(words, { environment });
    assert.equal(changed.code, 2);
    assert.match(changed.err, /the file has changed since this import was begun \(batch 1 has other rows/);
    await writeFile(path, csv(50));
    assert.match((await run(words, { environment })).err, /has changed|is shorter/);
    await writeFile(path, csv(300));
    const journal = await readFile(`${path}.muster-journal`, 'utf8');
    const lost = journal.replace(/"task_id":"[^"]*"/, '"task_id":"c0ffee00-0000-4000-8000-000000000000"');
    await writeFile(`${path}.muster-journal`, lost.replaceAll(/^.*"ended".*\n/gm, ''));
    const gone = await run(words, { environment });
    assert.equal(gone.code, 2);
    assert.match(gone.err, /task c0ffee00-\S+ of batch 1 is not on the server any more/);
    assert.equal((await run([...words, '--restart'], { environment })).code, 1);
  } finally {
    proxy.close();
    await muster.idle();
  }
});

test('a dry run says what would happen and changes nothing', async () => {
  const path = await write('dry.csv', csv(300));
  const result = await run(importing(path, ...MAPS, '--batch', '100', '--dry-run'));
  assert.equal(result.code, 1, result.err);
  assert.match(result.out, /^300 rows of .* would become: created 297, invalid 3\n297 would be sent/);
  assert.match(result.out, /ROWS {2}FIELD {2}REASON .* FIRST LINE\n {3}3 {2}email/);
  assert.deepEqual(await counts(), { profiles: 0, runs: 0, items: 0 });
  assert.ok(!existsSync(`${path}.muster-journal`) && !existsSync(`${path}.failed.csv`));
});

test('tables in windows-1251, with another delimiter, lines of NDJSON, an array, standard input', async () => {
  const cyrillic = Buffer.from('email;_city\r\na@x.ru;\xce\xec\xf1\xea\r\n', 'latin1');
  const windows = await write('windows.csv', cyrillic);
  const unread = await run(importing(windows));
  assert.equal(unread.code, 2);
  assert.match(unread.err, /windows\.csv: not utf-8 near byte 0; name its encoding/);
  assert.equal((await run(importing(windows, '--encoding', 'windows-1251'))).code, 0);
  // A mark counts more: files of failed rows have one, and the words stay the same.
  const marked = await write('marked.csv', '\ufeffemail;_city\na@x.ru;Омск\n');
  const again = await run(importing(marked, '--encoding', 'windows-1251'));
  assert.match(again.out, /became: unchanged 1\n/);

  const lines = [
    '{"email":"b@x.ru","_city":"Тула"}',
    '{"data":{"email":"c@x.ru"},"content":{"code":"C"}}',
    '',
    '{"email":',
    '[1]',
    '{"email":"none"}',
  ];
  const ndjson = await write('lines.ndjson', `${lines.join('\n')}\n`);
  const mixed = await run(importing(ndjson, '--json'));
  assert.equal(mixed.code, 1, mixed.err);
  assert.equal(mixed.json()['failed'], 3);
  const failed = (await readFile(`${ndjson}.failed.ndjson`, 'utf8')).trim().split('\n');
  assert.deepEqual(
    failed
      .map((line) => Object(JSON.parse(line)))
      .map((row) => [row['muster_line'], row['email'] ?? row['muster_source']]),
    [
      ['4', '{"email":'],
      ['5', '[1]'],
      ['6', 'none'],
    ],
  );

  const array = await write(
    'array.json',
    '[\n {"email":"d@x.ru", "_fname":"a \\"],[ b"},\n{"email":"e@x.ru"}]\n',
  );
  assert.equal((await run(importing(array))).code, 0);
  const previous = process.cwd();
  process.chdir(folder);
  try {
    const stdin = 'email|_fname\nf@x.ru|Eve\n';
    const piped = await run(importing('-', '--map', '_fname=content.first'), { stdin });
    assert.equal(piped.code, 0, piped.err);
  } finally {
    process.chdir(previous);
  }
  const { rows } = await sql<{ email: string; city: string | null; name: string | null }>`
    select fields ->> 'email' as email, fields ->> '_city' as city, fields ->> '_fname' as name
      from profile order by 1`.execute(muster.db);
  assert.deepEqual(rows, [
    { email: 'a@x.ru', city: 'Омск', name: null },
    { email: 'b@x.ru', city: 'Тула', name: null },
    { email: 'c@x.ru', city: null, name: null },
    { email: 'd@x.ru', city: null, name: 'a "],[ b' },
    { email: 'e@x.ru', city: null, name: null },
    { email: 'f@x.ru', city: null, name: null },
  ]);
});

test('what cannot be begun ends with 2, in one line, and leaves nothing behind', async () => {
  const path = await write('bad.csv', csv(10));
  const cases: [string[], RegExp][] = [
    [importing(folder), /^\S+ is a folder; expected a file\n$/],
    [importing(join(folder, 'none.csv')), /none\.csv cannot be read: ENOENT/],
    [
      importing(path, '--map', 'Mail=email'),
      /--map: the file has no column “Mail”, only E-mail, First name, Town/,
    ],
    [
      importing(path, '--map', 'Town=email', '--map', 'E-mail=email'),
      /two columns go to the field “email”; leave one out/,
    ],
    [importing(path, '--batch', '0'), /--batch: expected a whole number of at least 1, got “0”/],
    [importing(path, '--colour'), /Unknown option '--colour'/],
    [importing(path, '--matching', 'name'), /--matching: expected one of email, /],
    [importing(path, '--matching', 'custom'), /--field-name is missing/],
    [['import', path, '--workflow', '77'], /workflow_id: there is no workflow 77/],
    [importing(path, '--token', 'wrong-token-wrong'), /token: unknown or revoked/],
    [
      importing(path, '--url', await closedUrl(), '--patience', '0'),
      /http:\/\/127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED; start it/,
    ],
    [importing(path, '--url', 'http://127.0.0.1:1'), /127\.0\.0\.1:1 cannot be reached: bad port; /],
    [importing(await write('empty.csv', '')), /empty\.csv is empty/],
    [importing(await write('quote.csv', 'email\n"a@x.ru\n')), /quote\.csv: Quote Not Closed/],
  ];
  for (const [words, expected] of cases) {
    const result = await run(words);
    assert.equal(result.code, 2, words.join(' '));
    assert.match(result.err, expected);
    assert.equal(result.err.trim().split('\n').length, 1, result.err);
    assert.equal(result.out, '');
  }
  const json = await run([...importing(path, '--token', 'wrong-token-wrong'), '--json']);
  assert.equal(Object(JSON.parse(json.err))['status'], 401, json.err);
  assert.ok(!existsSync(`${path}.muster-journal`));
  assert.deepEqual(await counts(), { profiles: 0, runs: 0, items: 0 });
});
