import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkVault, createVault, openVault, VaultError } from '../../src/vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const vault = createVault(Buffer.alloc(32, 1));
const other = createVault(Buffer.alloc(32, 2));

let folder: string;
let database: TestDatabase;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-vault-'));
  database = await createTestDatabase();
});
after(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

for (const text of ['', 'hunter2', '{"пароль":"🔑"}', 'x'.repeat(10_000)]) {
  test(`what is sealed comes out as it was (${text.length} characters)`, () => {
    const [one, two] = [vault.seal(text), vault.seal(text)];
    assert.deepEqual([vault.open(one), vault.open(two)], [text, text]);
    assert.notEqual(one, two, 'equal texts cannot be told by what is stored');
    assert.doesNotMatch(one, /hunter2|пароль/);
  });
}

test('neither another key nor a changed text opens', () => {
  const sealed = vault.seal('hunter2');
  assert.throws(() => other.open(sealed));
  for (let at = 3; at < sealed.length; at += 1) {
    // The last of them may hold unused bits; every other one is covered by the seal.
    if (at === sealed.length - 1) break;
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    assert.throws(() => vault.open(changed), `character ${at}`);
  }
  for (const text of ['', 'v1.', 'v1.AAAA', `v2.${sealed.slice(3)}`, 'hunter2']) {
    assert.throws(() => vault.open(text), /not of a form that this version knows/);
  }
});

test('a mark fits its text, its purpose and its key, and nothing else', () => {
  const mark = vault.sign('click', 'https://a.example/?x=1');
  assert.match(mark, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(vault.sign('click', 'https://a.example/?x=1'), mark);
  const claims: [purpose: string, text: string, mark: string][] = [
    ['click', 'https://a.example/?x=2', mark],
    ['open', 'https://a.example/?x=1', mark],
    ['click', 'https://a.example/?x=1', ''],
    ['click', 'https://a.example/?x=1', mark.slice(0, 21)],
    ['click', 'https://a.example/?x=1', `${mark}A`],
    ['click', 'https://a.example/?x=1', 'é'.repeat(11)],
    ['click', 'https://a.example/?x=1', other.sign('click', 'https://a.example/?x=1')],
  ];
  assert.equal(vault.isSigned('click', 'https://a.example/?x=1', mark), true);
  for (const claim of claims) assert.equal(vault.isSigned(...claim), false, claim.join(' '));
});

test('the fingerprint tells keys apart and is stable, since databases keep it', () => {
  assert.equal(vault.fingerprint, createVault(Buffer.alloc(32, 1)).fingerprint);
  assert.notEqual(vault.fingerprint, other.fingerprint);
  assert.match(vault.fingerprint, /^[0-9a-f]{16}$/);
});

test('the operator’s key is used as it is, and no file is made', async () => {
  const keyFile = join(folder, 'unused.key');
  const opened = await openVault({ key: Buffer.alloc(32, 1), keyFile });
  assert.equal(opened.fingerprint, vault.fingerprint);
  await assert.rejects(stat(keyFile));
});

test('processes that start together make one key file, for its owner alone', async () => {
  const keyFile = join(folder, 'deep', 'down', 'secret.key');
  const opened = await Promise.all(Array.from({ length: 8 }, () => openVault({ key: undefined, keyFile })));
  assert.equal(new Set(opened.map(({ fingerprint }) => fingerprint)).size, 1);
  assert.deepEqual(await readdir(join(folder, 'deep', 'down')), ['secret.key']);
  assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
  const text = await readFile(keyFile, 'utf8');
  assert.match(text, /^[0-9a-f]{64}\n$/);
  const again = await openVault({ key: undefined, keyFile });
  assert.equal(again.fingerprint, createVault(Buffer.from(text.trim(), 'hex')).fingerprint);
  assert.equal(await readFile(keyFile, 'utf8'), text, 'a second start changes nothing');
});

test('a key file that is none, or that cannot be, ends the start with what to do', async () => {
  const keyFile = join(folder, 'broken.key');
  await writeFile(keyFile, '');
  await assert.rejects(openVault({ key: undefined, keyFile }), (fault) => {
    assert.ok(fault instanceof VaultError);
    assert.match(fault.message, /broken\.key holds no key/);
    return true;
  });
  assert.equal(await readFile(keyFile, 'utf8'), '', 'it is not overwritten');
  const below = join(keyFile, 'secret.key');
  await assert.rejects(openVault({ key: undefined, keyFile: below }), (fault) => {
    assert.ok(fault instanceof VaultError);
    assert.match(fault.message, /set MUSTER_SECRET_KEY/);
    return true;
  });
});

test('a database takes the first key, of many at once too, and refuses every other', async () => {
  const { db } = database;
  const checks = [vault, vault, other].map((one) => checkVault(db, one, NOW));
  const outcomes = (await Promise.allSettled(checks)).map(({ status }) => status);
  assert.ok(['fulfilled,fulfilled,rejected', 'rejected,rejected,fulfilled'].includes(outcomes.join()));
  const [owner, stranger] = outcomes[0] === 'fulfilled' ? [vault, other] : [other, vault];
  await checkVault(db, owner, NOW);
  await assert.rejects(checkVault(db, stranger, NOW), (fault) => {
    assert.ok(fault instanceof VaultError);
    assert.match(fault.message, new RegExp(`${owner.fingerprint}, not ${stranger.fingerprint}`));
    return true;
  });
  await checkVault(db, owner, NOW);
});
