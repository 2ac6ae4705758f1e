import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { MailServer } from '../../demo/mail-server.ts';
import { systemClock } from '../../src/base/index.ts';
import { checkSenders } from '../../src/cli/check-senders.ts';
import { examine } from '../../src/cli/doctor.ts';
import { readConfig } from '../../src/config/index.ts';
import { openDb } from '../../src/db/index.ts';
import { createSender } from '../../src/messages/index.ts';
import { createVault } from '../../src/vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runMuster } from './run-muster.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const KEY = '01'.repeat(32);
let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

function environment(): Record<string, string> {
  return { DATABASE_URL: database.url, MUSTER_SECRET_KEY: KEY };
}

test('the doctor asks the database of the environment, and tells versions', async () => {
  const result = await runMuster(['doctor'], { environment: environment() });
  assert.equal(result.code, 0, result.out);
  assert.match(result.out, /✔ Muster +version 1\.2\.3\n✔ Node\.js +24\./);
  assert.match(result.out, /✔ senders +there are none\n/);
  assert.match(result.out, /\n\n0 faults, \d warnings\n$/);
  const json = await runMuster(['doctor', '--json'], { environment: environment() });
  const findings: unknown = JSON.parse(json.out);
  assert.ok(Array.isArray(findings) && findings.every(({ check, level }) => check && level));
});

test('a setting that is not usable is told of without a stack', async () => {
  const result = await runMuster(['doctor'], { environment: { ...environment(), PORT: 'x' } });
  assert.deepEqual(
    [result.code, result.err],
    [2, 'the environment is not usable:\n  PORT: expected a port, 0 to 65535\n'],
  );
});

test('a database that does not answer is one fault, and the machine is looked at all the same', async () => {
  const db = openDb({ url: 'postgres://nobody@127.0.0.1:1/none', connections: 1, onIdleFault: () => {} });
  const findings = await examine(
    db,
    systemClock,
    [async () => [{ check: 'disk', level: 'ok', text: 'fine' }]],
    [() => Promise.reject(new Error('asked without tables'))],
  );
  await db.destroy();
  assert.deepEqual(
    findings.map(({ check, level }) => [check, level]),
    [
      ['PostgreSQL', 'fault'],
      ['disk', 'ok'],
    ],
  );
  assert.match(findings[0]?.text ?? '', /^cannot be asked: .*ECONNREFUSED/);
});

test('every sender is connected to, and one that cannot be reached is a fault', async () => {
  const mail = await MailServer.start({ keep: 1 });
  const vault = createVault(Buffer.from(KEY, 'hex'));
  const deps = { db: database.db, vault, clock: systemClock };
  const smtp = { host: '127.0.0.1', secure: 'none', from: 'a@x.ru' };
  await createSender(deps, { name: 'works', channel: 'email', body: { ...smtp, port: mail.port } });
  await createSender(deps, { name: 'gone', channel: 'email', body: { ...smtp, port: 1 } });
  const gateway = (port: number) => ({
    kind: 'gateway',
    request: { url: `http://127.0.0.1:${port}/sms?{message.to}` },
  });
  await createSender(deps, { name: 'sms', channel: 'sms', body: gateway(mail.port) });
  await createSender(deps, { name: 'no sms', channel: 'sms', body: gateway(1) });
  const config = readConfig(environment());
  try {
    const findings = await checkSenders(database.db, config);
    assert.deepEqual(
      findings.map(({ check, level }) => [check, level]),
      [
        ['sender 1', 'ok'],
        ['sender 2', 'fault'],
        ['sender 3', 'ok'],
        ['sender 4', 'fault'],
      ],
    );
    assert.match(findings[1]?.text ?? '', /“gone”: the connection failed: .*ECONNREFUSED/);
    assert.equal(mail.mails.length, 0);
    const elsewhere = { ...config, secretKey: undefined, dataDir: '/nowhere' };
    const [untried] = await checkSenders(database.db, elsewhere);
    assert.match(untried?.text ?? '', /the key of their passwords is not here/);
  } finally {
    await mail.stop();
  }
});

test('serve runs the server, and ends with it', async () => {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...process.env, ...environment(), PORT: '0', MUSTER_TOKEN: 'a-token-to-serve-with' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^Muster listens at (\S+)$/.exec(line)?.[1] ?? url;
    if (url !== '') break;
  }
  const health = await fetch(`${url}/healthz`);
  assert.equal(health.status, 200);
  await health.text();
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  await assert.rejects(fetch(`${url}/healthz`));
});

test('the schema is brought to this version, once, and can be looked at before', async () => {
  const now = await runMuster(['migrate', '--json'], { environment: environment() });
  assert.deepEqual([now.code, now.json()], [0, { applied: [] }]);
  await sql`delete from kysely_migration where name = (select max(name) from kysely_migration)`.execute(
    database.db,
  );
  const check = await runMuster(['migrate', '--check'], { environment: environment() });
  assert.deepEqual([check.code, check.out], [1, 'The schema is older: muster migrate\n']);
});
