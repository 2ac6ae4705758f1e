import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { seedFirstStart } from '../../src/workflow/index.ts';
import { IMPORT, TestMuster, TOKEN } from '../app/test-muster.ts';
import { createTestServer } from '../http/test-server.ts';
import { type RunResult, type RunSettings, runMuster } from './run-muster.ts';

let muster: TestMuster;
let folder: string;
let taskId: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  muster = await TestMuster.start();
  await muster.make('/databases/1/fields', { name: 'CRM_ID', type: 'string', match: true });
  const data = [
    { data: { email: 'ann@example.com', phones: '+79991234567', _fname: 'Ann', CRM_ID: 'C-1' } },
    { data: { email: 'bob@example.com', _city: 'Omsk' } },
    { data: { email: 'nobody' } },
  ];
  const accepted = await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data }));
  taskId = String(accepted.json['task_id']);
  await muster.completed(accepted);
});
after(async () => {
  await muster.stop();
  await rm(folder, { recursive: true });
});

function run(words: readonly string[], settings: RunSettings = {}): Promise<RunResult> {
  return runMuster(words, { environment: { MUSTER_URL: muster.url, MUSTER_TOKEN: TOKEN }, ...settings });
}

async function well(...words: string[]): Promise<RunResult> {
  const result = await run(words);
  assert.equal(result.code, 0, result.err);
  return result;
}

async function idOf(email: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from profile where fields ->> 'email' = ${email}`.execute(muster.db);
  return rows[0]?.id ?? '';
}

test('tasks are listed, watched, reported and tried again', async () => {
  const list = await well('tasks', 'list');
  assert.match(list.out, /^TASK +STATUS +% +ROWS +CREATED +UPDATED +FAILED +WORKFLOW +ACCEPTED\n/);
  assert.match(list.out, new RegExp(`\n${taskId} +completed +100 +3 +2 +0 +1 +1 +20`));
  const listed = (await well('tasks', 'list', '--workflow', '1', '--status', 'completed', '--json')).json();
  assert.deepEqual(Object.keys(listed), ['data', 'next_after']);

  const watched = await run(['tasks', 'watch', taskId]);
  assert.equal(watched.code, 1);
  assert.match(watched.out, new RegExp(`^${taskId} completed: total 3, created 2, invalid 1, started 2\n$`));
  const [line] = (await run(['tasks', 'watch', taskId, '--json'])).lines();
  assert.deepEqual(Object.keys(line ?? {}), ['task_id', 'status', 'counters']);

  const report = await well('tasks', 'report', taskId, '--states', 'invalid');
  assert.match(
    report.out,
    /^ITEM +STATE .*\n +2 +invalid +email +email: expected.*\{"data":\{"email":"nobody"\}\}\n$/,
  );
  const rows = (await well('tasks', 'report', taskId, '--json')).lines();
  assert.deepEqual(
    rows.map((row) => row['state']),
    ['created', 'created', 'invalid'],
  );
  const path = join(folder, 'report.csv');
  await well('tasks', 'report', taskId, '--csv', '--out', path);
  assert.equal((await readFile(path, 'utf8')).trim().split('\r\n').length, 4);

  const retried = await run(['tasks', 'retry', taskId, '--wait']);
  assert.equal(retried.code, 1, retried.err);
  assert.match(retried.out, /completed: total 1, invalid 1\n$/);
  const late = await run(['tasks', 'cancel', taskId]);
  assert.deepEqual([late.code, late.err], [2, 'task_id: the task is completed\n']);
  const unknown = await run(['tasks', 'watch', 'c0ffee00-0000-4000-8000-000000000000']);
  assert.deepEqual([unknown.code, unknown.err], [2, 'task_id: there is no such task\n']);
});

test('a task that waits is cancelled, and watching it ends with 1', async () => {
  // Without loops everything stays as it was accepted.
  const server = await createTestServer();
  try {
    const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
    const token = await server.makeToken(['import', 'admin']);
    await seedFirstStart(server.deps.db, server.deps.clock);
    const body = {
      token,
      workflow_id: 1,
      data: [{ data: { email: 'a@x.ru' } }, { data: { email: 'b@x.ru' } }],
    };
    const { json } = await server.post(IMPORT, body);
    const environment = { MUSTER_URL: url, MUSTER_TOKEN: token };
    const id = String(json['task_id']);
    const cancelled = await run(['tasks', 'cancel', id], { environment });
    assert.deepEqual([cancelled.code, cancelled.out], [0, `${id} is cancelled: 2 of 2 rows cancelled\n`]);
    const watched = await run(['tasks', 'watch', id], { environment });
    assert.deepEqual([watched.code, watched.out], [1, `${id} cancelled: total 2, cancelled 2\n`]);
  } finally {
    await server.close();
  }
});

test('profiles are found, shown, exported and erased', async () => {
  const [ann, bob] = [await idOf('ann@example.com'), await idOf('bob@example.com')];
  for (const text of ['ann@example.com', '+79991234567', ann]) {
    const found = (await well('profiles', 'search', text, '--json')).json();
    assert.ok(Array.isArray(found['data']) && Object(found['data'][0])['id'] === ann, text);
  }
  assert.match((await well('profiles', 'search', 'C-1', '--field', 'CRM_ID')).out, /ann@example\.com/);
  assert.match((await well('profiles', 'search', '--filter', '{"_city":"Omsk"}')).out, /bob@example\.com/);
  assert.equal((await well('profiles', 'search', 'carl@example.com')).out, 'nobody\n');
  assert.match((await run(['profiles', 'search'])).err, /^expected either a text to look for or --filter/);

  assert.match((await well('profiles', 'get', ann)).out, /\nphones +\["\+79991234567"\]\n/);
  assert.equal((await well('profiles', 'get', ann, '--json')).json()['id'], ann);

  const exported = (await well('profiles', 'export')).lines();
  assert.deepEqual(new Set(exported.map(({ id }) => id)), new Set([ann, bob]));
  const csv = await well('profiles', 'export', '--csv', '--filter', '{"CRM_ID":"C-1"}');
  assert.match(
    csv.out,
    /^id,email,phones,_fname,_lname,created_at,updated_at,CRM_ID\r\n[0-9a-f]{24},ann@example\.com,\+79991234567,Ann,,.*,C-1\r\n$/,
  );

  const unsure = await run(['profiles', 'erase', bob, '--database', '1']);
  assert.equal(unsure.code, 2);
  assert.match(unsure.err, /would be deleted .*; say --yes to do it\n$/);
  assert.match((await run(['profiles', 'erase', bob, '--yes'])).err, /^--database is missing\n$/);
  assert.equal(
    (await well('profiles', 'erase', bob, '--database', '1', '--yes')).out,
    `profile ${bob} is erased\n`,
  );
  assert.equal(await idOf('bob@example.com'), '');
});

test('workflows go from server to server as files', async () => {
  assert.match((await well('workflows', 'list')).out, /\n +1 +Welcome +active +1 +1 +not_inside /);
  const path = join(folder, 'welcome.json');
  await well('workflows', 'export', '1', '--out', path);
  assert.deepEqual(Object.keys(JSON.parse(await readFile(path, 'utf8'))), ['name', 'reentry', 'definition']);
  const made = (await well('workflows', 'import', path, '--name', 'Copy', '--activate', '--json')).json();
  assert.deepEqual([made['name'], made['active'], made['published_version']], ['Copy', true, 1]);
  const id = String(made['id']);
  assert.match((await well('workflows', 'deactivate', id)).out, /takes no more profiles/);
  assert.match((await well('workflows', 'publish', id)).out, /is published \(version 2\)/);
  assert.match((await well('workflows', 'activate', id)).out, /takes profiles \(version 2\)/);
  assert.match((await well('workflows', 'import', path, '--into', id)).out, /“Welcome”: its draft is stored/);

  const broken = join(folder, 'broken.json');
  await writeFile(broken, '{"name":"Broken","definition":{"nodes":[{"id":"a","type":"jump"}]}}');
  const refused = await run(['workflows', 'import', broken, '--publish']);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /nodes/);
});

test('profiles are sent into a workflow by id or by filter', async () => {
  const ann = await idOf('ann@example.com');
  const copy = await muster.make('/workflows', {
    ...{ name: 'Each', database_id: 1, reentry: 'each' },
    definition: { nodes: [{ id: 's', type: 'start', name: 'Default' }] },
  });
  const id = String(copy['id']);
  await well('workflows', 'publish', id);
  await well('workflows', 'activate', id);
  const byId = await well('start', '--workflow', id, '--id', ann);
  assert.match(byId.out, /completed: total 1, unchanged 1, started 1\n$/);
  const byFilter = await run(['start', '--workflow', id, '--filter', '{"CRM_ID":"C-1"}', '--json']);
  assert.equal(byFilter.code, 0, byFilter.err);
  assert.equal(Object(byFilter.lines().at(-1)?.['counters'])['started'], 1);
  assert.match((await run(['start', '--workflow', id])).err, /^expected either --id or --filter/);
  const { rows } = await sql`select 1 from run where workflow_id = ${copy['id']}::int`.execute(muster.db);
  assert.equal(rows.length, 2);
});

test('tokens are made, listed and revoked', async () => {
  const made = await well('tokens', 'create', '--name', 'reader', '--rights', 'read', '--databases', '1');
  const secret = made.out.trim();
  assert.match(secret, /^[0-9a-f]{32}$/);
  assert.match(made.err, /^token \d+ \(read\); its secret is shown this once\n$/);
  const list = await well('tokens', 'list');
  const row = list.out.split('\n').find((line) => line.includes('reader')) ?? '';
  assert.match(row, /^ *\d+ {2}reader +read +1 +20\d\d-\d\d-\d\d$/);
  assert.equal((await well('tasks', 'list', '--token', secret)).err, '');
  assert.deepEqual(await run(['tokens', 'list', '--token', secret]).then(({ code, err }) => [code, err]), [
    2,
    'the token lacks the right admin\n',
  ]);
  const id = row.trim().split(' ')[0] ?? '';
  assert.deepEqual((await well('tokens', 'revoke', id, '--json')).json(), { id: Number(id), revoked: true });
  assert.match((await run(['tasks', 'list', '--token', secret])).err, /^token: unknown or revoked \(--token/);
});

test('a filter is explained', async () => {
  const byIndex = await well('explain', '{"CRM_ID":"C-1","_city":{"$exists":false}}');
  assert.match(byIndex.out, /CRM_ID +string +yes\n_city +string +no\n/);
  assert.match(byIndex.out, /\nFound {4}by the index of CRM_ID: 1 of \d+ profiles are judged\nCount {4}1\n/);
  const scan = (await well('explain', '{"_fname":"Ann","shoe":1}', '--json')).json();
  const { seconds, plan, total, ...facts } = scan;
  assert.deepEqual(facts, {
    fields: [
      { name: '_fname', type: 'string', indexed: false },
      { name: 'shoe', type: 'unknown', indexed: false },
    ],
    ...{ indexes: [], candidates: null, count: 0, access: 'scan', exact: true },
  });
  assert.equal(typeof seconds, 'number');
  assert.equal(typeof total, 'number');
  assert.ok(Array.isArray(plan) && plan.length > 0);
  assert.ok(!JSON.stringify(scan).includes('Ann'), 'values are not repeated');
  const bad = await run(['explain', '{"a":{"$where":1}}']);
  assert.equal(bad.code, 2);
  assert.match(bad.err, /^filter\.a\.\$where: /);
  assert.match((await run(['explain', '[1]'])).err, /^FILTER: expected a JSON object/);
  assert.match((await run(['explain', '{}', '--database', '9'])).err, /^there is no database 9\n$/);
});

test('the server and the token come from options, environment or the file of a profile', async () => {
  const none = await runMuster(['tasks', 'list'], { homeDir: folder });
  assert.equal(none.code, 2);
  assert.match(none.err, /^there is no token; give one by --token or MUSTER_TOKEN/);
  const profiles = { here: { url: `${muster.url}/`, token: TOKEN }, away: { url: 'http://127.0.0.1:9' } };
  await mkdir(join(folder, '.config/muster'), { recursive: true });
  await writeFile(join(folder, '.config/muster/config.json'), JSON.stringify({ profile: 'here', profiles }));
  const homeDir = folder;
  assert.equal((await runMuster(['tasks', 'list'], { homeDir })).code, 0);
  const environment = { MUSTER_URL: 'http://127.0.0.1:9', MUSTER_TOKEN: 'another-token-of-mine' };
  assert.equal((await runMuster(['tasks', 'list', '--profile', 'here'], { homeDir, environment })).code, 0);
  assert.equal((await runMuster(['tasks', 'list'], { homeDir, environment })).code, 2);
  const unknown = await runMuster(['tasks', 'list', '--profile', 'there'], { homeDir });
  assert.match(unknown.err, /config\.json has no profile “there”, only here, away\n$/);
  const words = ['tasks', 'list', '--url', 'ftp://x', '--token', TOKEN];
  assert.match((await runMuster(words, { homeDir })).err, /^“ftp:\/\/x” is no address of a server/);
});

test('help tells of commands and options, and a wrong word of the right ones', async () => {
  const top = await well('--help');
  for (const word of ['serve', 'migrate', 'import', 'tasks', 'doctor'])
    assert.match(top.out, new RegExp(`\\b${word}\\b`));
  assert.ok(!top.out.includes('\u001b'));
  assert.match((await well('tasks', 'report', '--help')).out, /--states=<states>/);
  assert.equal((await well('--version')).out, '1.2.3\n');
  const wrong = await run(['tasks', 'lsit']);
  assert.deepEqual(
    [wrong.code, wrong.err],
    [2, 'muster tasks: there is no command “lsit”; expected one of list, watch, cancel, retry, report\n'],
  );
  assert.match((await run(['tasks', 'list', 'all'])).err, /^“all” is one word too many\n$/);
});
