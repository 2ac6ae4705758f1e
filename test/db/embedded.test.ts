import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { createLog } from '../../src/base/index.ts';
import { connectEmbedded, EmbeddedError, type EmbeddedServer, startEmbedded } from '../../src/db/index.ts';
import { openAdmin } from '../support/template-server.ts';

const holder = fileURLToPath(new URL('../support/hold-embedded.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const folders: string[] = [];

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** A data folder that PostgreSQL's account may enter, or with mode 700 root alone. */
async function makeFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-embedded-'));
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

function start(dataDir: string): Promise<EmbeddedServer> {
  return startEmbedded({ dataDir, log: createLog('silent'), settings: { fsync: 'off' } });
}

async function run<Row>(url: string, statement: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  const db = openAdmin(url);
  try {
    return (await statement.execute(db)).rows;
  } finally {
    await db.destroy();
  }
}

const writeMark = sql`create table mark as select 'kept' as word`;
const readMark = sql<{ word: string }>`select word from mark`;

/** Another process with the server of that folder. @returns it and the first line that it prints. */
async function hold(dataDir: string, uid?: number): Promise<{ child: ChildProcess; line: string }> {
  const account = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, [holder, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...account,
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, line: String(line) };
}

async function release(child: ChildProcess): Promise<number | null> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

test('a restart keeps the data, and clears away what an interrupted first start left', async () => {
  const dataDir = await makeFolder();
  await mkdir(join(dataDir, 'postgres.init-0badcafe'));
  const first = await start(dataDir);
  assert.equal(first.adopted, false);
  await run(first.url, writeMark);
  await first.stop();
  await first.stop();
  assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.log', 'postgres.password']);
  const second = await start(dataDir);
  assert.equal(second.adopted, false);
  assert.deepEqual(await run(second.url, readMark), [{ word: 'kept' }]);
  await second.stop();
});

test('a second program uses the server that runs, and leaves it running; where none runs it has its own', async () => {
  const dataDir = await makeFolder();
  const server = await start(dataDir);
  await run(server.url, writeMark);
  const options = { dataDir, log: createLog('silent') };
  const guest = await connectEmbedded(options);
  assert.deepEqual(await run(guest.url, readMark), [{ word: 'kept' }]);
  await guest.stop();
  assert.deepEqual(await run(server.url, readMark), [{ word: 'kept' }]);
  await server.stop();
  const own = await connectEmbedded(options);
  assert.deepEqual(await run(own.url, readMark), [{ word: 'kept' }]);
  await own.stop();
  assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.log', 'postgres.password']);
});

test('only those who know the password come in', async () => {
  const server = await start(await makeFolder());
  const url = new URL(server.url);
  url.password = 'guess';
  await assert.rejects(run(url.href, sql`select 1`), { code: '28P01' });
  assert.equal(url.hostname, '127.0.0.1');
  await server.stop();
});

test('a second process on the same data folder is told who has it', async () => {
  const dataDir = await makeFolder();
  const server = await start(dataDir);
  const other = await hold(dataDir);
  assert.equal(
    other.line,
    `another Muster (process ${process.pid}) already uses the data folder ${dataDir}; ` +
      'stop it, or give this one a folder of its own with MUSTER_DATA_DIR',
  );
  assert.equal(await release(other.child), 1);
  await run(server.url, writeMark);
  await server.stop();
});

test('the server of a process that was killed is taken over with what was committed', async () => {
  const dataDir = await makeFolder();
  const { child, line: url } = await hold(dataDir);
  await run(url, writeMark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const server = await start(dataDir);
  assert.equal(server.adopted, true);
  assert.equal(server.url, url);
  assert.deepEqual(await run(server.url, readMark), [{ word: 'kept' }]);
  await server.stop();
  await assert.rejects(run(server.url, readMark), { code: 'ECONNREFUSED' });
});

test('what is no database of this version is left alone', async () => {
  const old = await makeFolder();
  await mkdir(join(old, 'postgres'));
  await writeFile(join(old, 'postgres', 'PG_VERSION'), '12\n');
  await assert.rejects(start(old), (fault) => {
    assert.ok(fault instanceof EmbeddedError);
    assert.match(fault.message, /was made by PostgreSQL 12, and this Muster brings PostgreSQL 18/);
    return true;
  });
  const strange = await makeFolder();
  await mkdir(join(strange, 'postgres'));
  await writeFile(join(strange, 'postgres', 'letter.txt'), 'dear');
  await assert.rejects(start(strange), /is not a database and not empty/);
  // The lock is free again: the same fault, not that of a second process.
  await assert.rejects(start(strange), /is not a database and not empty/);
  assert.deepEqual(await readdir(join(strange, 'postgres')), ['letter.txt']);
});

test('a data folder that cannot be made is a fault for the operator', async () => {
  const file = join(await makeFolder(), 'file');
  await writeFile(file, '');
  await assert.rejects(start(join(file, 'data')), /cannot be made or written; set MUSTER_DATA_DIR/);
});

test('a folder that the system will not make ends the start instead of hanging it', {
  skip: process.platform !== 'linux' && '/proc is a folder of Linux',
}, async () => {
  await assert.rejects(start('/proc/nothing/data'), /cannot be made or written; set MUSTER_DATA_DIR/);
});

const rootOnly = isRoot ? false : 'only root can make a folder that PostgreSQL’s account cannot enter';

test('root may keep its data where PostgreSQL’s account cannot enter', { skip: rootOnly }, async () => {
  const dataDir = await makeFolder(0o700);
  const first = await start(dataDir);
  await run(first.url, writeMark);
  await first.stop();
  const cluster = await readlink(join(dataDir, 'postgres'));
  try {
    assert.match(cluster, /^\/var\/lib\/muster\/[0-9a-f]{16}$/);
    const second = await start(dataDir);
    assert.deepEqual(await run(second.url, readMark), [{ word: 'kept' }]);
    await second.stop();
  } finally {
    await rm(cluster, { recursive: true, force: true });
    // It stays when it was there before, with other databases.
    await rmdir('/var/lib/muster').catch(() => {});
  }
});

/** The account `nobody` when root can start a process as it that may read this repository. */
function findOrdinaryUser(): { uid: number } | { skip: string } {
  if (!isRoot) return { skip: 'the other tests run as an ordinary user already' };
  try {
    const uid = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
    execFileSync(process.execPath, ['--check', holder], { uid, gid: uid, stdio: 'ignore' });
    return { uid };
  } catch {
    return { skip: 'there is no account nobody that may read this repository' };
  }
}

const ordinary = findOrdinaryUser();

test('an ordinary user starts it as itself', { skip: 'skip' in ordinary && ordinary.skip }, async () => {
  assert.ok('uid' in ordinary);
  const dataDir = await makeFolder(0o700);
  await chown(dataDir, ordinary.uid, ordinary.uid);
  const first = await hold(dataDir, ordinary.uid);
  await run(first.line, writeMark);
  assert.equal(await release(first.child), 0);
  const second = await hold(dataDir, ordinary.uid);
  assert.deepEqual(await run(second.line, readMark), [{ word: 'kept' }]);
  assert.equal(await release(second.child), 0);
});

test('another user’s data folder is refused', { skip: 'skip' in ordinary && ordinary.skip }, async () => {
  assert.ok('uid' in ordinary);
  const { line, child } = await hold(await makeFolder(), ordinary.uid);
  assert.match(line, /cannot be made or written; set MUSTER_DATA_DIR/);
  assert.equal(await release(child), 1);
});
