import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { createToken } from '../../src/accounts/index.ts';
import { newUuid, systemClock } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import {
  type Attachment,
  keepFilesUntil,
  openFile,
  purgeFiles,
  purgeUploads,
  startUpload,
  storeAttachments,
  storeUpload,
} from '../../src/files/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const PIECE = 262_144;
const now = new Date('2026-03-02T10:00:00Z');
const DAY_MS = 86_400_000;
let database: TestDatabase;
const tokens = { everywhere: 0, one: 0, two: 0 };

/** An attachment of its own content. */
function inline(bytes: Buffer | string, name = 'a.bin', mimetype = 'text/plain'): Attachment {
  return { kind: 'inline', name, mimetype, bytes: Buffer.from(bytes) };
}

function named(fileId: string, name: string | null = null): Attachment {
  return { kind: 'file', fileId, name, mimetype: null };
}

function later(days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}

before(async () => {
  database = await createTestDatabase();
  for (const name of ['everywhere', 'one', 'two'] as const) {
    const { token } = await createToken(database.db, systemClock, { name, rights: [], databaseIds: null });
    tokens[name] = token.id;
  }
});
beforeEach(async () => {
  await sql`truncate file_content, file_piece, file_upload, file`.execute(database.db);
});
after(() => database.drop());

async function countRows(): Promise<{ contents: number; pieces: number; uploads: number; files: number }> {
  const { rows } = await sql<{ contents: number; pieces: number; uploads: number; files: number }>`
    select (select count(*) from file_content) as contents, (select count(*) from file_piece) as pieces,
           (select count(*) from file_upload) as uploads, (select count(*) from file) as files
  `.execute(database.db);
  const [row] = rows;
  assert.ok(row !== undefined);
  return row;
}

async function read(fileId: string): Promise<Buffer> {
  const file = await openFile(database.db, fileId);
  assert.ok(file !== undefined);
  const pieces: Buffer[] = [];
  for await (const piece of file.pieces) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  assert.equal(bytes.length, file.size);
  return bytes;
}

function owner(tokenId = tokens.everywhere, databaseIds: number[] | null = null, at = now) {
  return { tokenId, databaseIds, now: at };
}

/** Uploads in chunks of that many bytes; returns the id of the file. */
async function upload(bytes: Buffer, chunk = 65_536, by = owner()): Promise<string> {
  const started = await startUpload(database.db, now);
  for (let at = 0; at < bytes.length; at += chunk) await started.push(bytes.subarray(at, at + chunk));
  const content = await started.end();
  const file = { name: 'a.csv', mimetype: 'text/csv', ...by };
  return withTx(database.db, (tx) => storeUpload(tx, content, file));
}

async function store(attachments: readonly Attachment[], by = owner()) {
  return withTx(database.db, (tx) => storeAttachments(tx, { ...by, attachments }));
}

async function stored(attachments: readonly Attachment[], by = owner()) {
  const outcome = await store(attachments, by);
  assert.ok(outcome.ok);
  return outcome.value;
}

test('a content comes back as it was sent, however large it is and was cut', async () => {
  for (const size of [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5]) {
    const bytes = randomBytes(size);
    for (const chunk of [1000, 65_536, PIECE, 2 * PIECE + 7]) {
      if (chunk === 1000 && size > PIECE + 1) continue;
      assert.ok(bytes.equals(await read(await upload(bytes, chunk))), `${size} by ${chunk}`);
    }
  }
  assert.equal((await countRows()).contents, 6);
  assert.deepEqual(await openFile(database.db, newUuid()), undefined);
});

test('the same content is stored once, by uploads and attachments, one after the other or at once', async () => {
  const bytes = randomBytes(2 * PIECE + 1);
  const first = await upload(bytes);
  const others = await Promise.all([upload(bytes), upload(bytes), stored([inline(bytes)])]);
  assert.deepEqual(await countRows(), { contents: 1, pieces: 3, uploads: 0, files: 4 });
  const [second, , attached] = others;
  assert.notEqual(first, second);
  for (const id of [first, second, attached[0]?.file ?? '']) assert.ok(bytes.equals(await read(id)));
  const file = await openFile(database.db, first);
  assert.deepEqual([file?.name, file?.mimetype, file?.size], ['a.csv', 'text/csv', bytes.length]);

  const fresh = randomBytes(PIECE + 1);
  await Promise.all([stored([inline(fresh)]), upload(fresh), stored([inline('x'), inline(fresh)])]);
  assert.deepEqual(await countRows(), { contents: 3, pieces: 6, uploads: 0, files: 8 });
});

test('attachments of one request come in their order, each content, name and type once', async () => {
  const uploaded = await upload(Buffer.from('uploaded'));
  const large = randomBytes(PIECE + 10);
  const list = await stored([
    inline('one', '1.txt'),
    named(uploaded),
    inline(large, '2.bin', 'a/b'),
    inline('one', '1.txt'),
    inline('one', 'other.txt'),
    named(uploaded, 'renamed.csv'),
    inline('', 'empty'),
  ]);
  const [one, , second, , other, , empty] = list;
  assert.deepEqual(list, [
    { name: '1.txt', mimetype: 'text/plain', size: 3, file: one?.file },
    { name: 'a.csv', mimetype: 'text/csv', size: 8, file: uploaded },
    { name: '2.bin', mimetype: 'a/b', size: PIECE + 10, file: second?.file },
    { name: '1.txt', mimetype: 'text/plain', size: 3, file: one?.file },
    { name: 'other.txt', mimetype: 'text/plain', size: 3, file: other?.file },
    { name: 'renamed.csv', mimetype: 'text/csv', size: 8, file: uploaded },
    { name: 'empty', mimetype: 'text/plain', size: 0, file: empty?.file },
  ]);
  assert.deepEqual(await countRows(), { contents: 4, pieces: 4, uploads: 0, files: 5 });
  assert.equal((await read(one?.file ?? '')).toString(), 'one');
  assert.ok(large.equals(await read(second?.file ?? '')));
  assert.equal((await read(empty?.file ?? '')).length, 0);
});

test('a file key is good for its token and for those that share a database with it', async () => {
  const ofOne = await upload(Buffer.from('1'), 10, owner(tokens.one, [1, 2]));
  const ofAll = await upload(Buffer.from('2'), 10, owner(tokens.everywhere, null));
  const cases: [fileId: string, by: ReturnType<typeof owner>, good: boolean][] = [
    [ofOne, owner(tokens.one, [1, 2]), true],
    [ofOne, owner(tokens.one, [3]), true],
    [ofOne, owner(tokens.two, [2, 3]), true],
    [ofOne, owner(tokens.two, [3]), false],
    [ofOne, owner(tokens.two, []), false],
    [ofOne, owner(tokens.two, null), true],
    [ofAll, owner(tokens.two, [3]), true],
    [newUuid(), owner(tokens.two, null), false],
  ];
  for (const [fileId, by, good] of cases) {
    const outcome = await store([inline('x'), named(fileId)], by);
    if (good) assert.ok(outcome.ok, JSON.stringify(by));
    else
      assert.deepEqual(outcome, {
        ok: false,
        error: { indexes: [1], message: 'file_key: there is no such file' },
      });
  }
});

test('an upload that is given up leaves nothing, also when it had become a file', async () => {
  const started = await startUpload(database.db, now);
  await started.push(randomBytes(2 * PIECE + 1));
  assert.deepEqual(await countRows(), { contents: 0, pieces: 2, uploads: 1, files: 0 });
  await started.discard();
  await started.discard();
  assert.deepEqual(await countRows(), { contents: 0, pieces: 0, uploads: 0, files: 0 });
  await assert.rejects(started.push(randomBytes(PIECE)), /swept away/);

  const kept = await startUpload(database.db, now);
  await kept.push(Buffer.from('kept'));
  const content = await kept.end();
  const file = { name: 'a', mimetype: 'a/b', ...owner() };
  const id = await withTx(database.db, (tx) => storeUpload(tx, content, file));
  await kept.discard();
  assert.equal((await read(id)).toString(), 'kept');
});

test('what a killed process has left of an upload is swept away, and cannot be stored afterwards', async () => {
  const dead = await startUpload(database.db, now);
  await dead.push(randomBytes(2 * PIECE));
  const content = await dead.end();
  assert.equal(await purgeUploads(database.db, now, 10), 0);
  assert.equal(await purgeUploads(database.db, later(1), 10), 1);
  assert.deepEqual(await countRows(), { contents: 0, pieces: 0, uploads: 0, files: 0 });
  const file = { name: 'a', mimetype: 'a/b', ...owner() };
  await assert.rejects(
    withTx(database.db, (tx) => storeUpload(tx, content, file)),
    /swept away/,
  );
  assert.deepEqual(await countRows(), { contents: 0, pieces: 0, uploads: 0, files: 0 });
});

test('files go when they were not used for long, their content with the last of them', async () => {
  const bytes = randomBytes(PIECE + 1);
  const first = await upload(bytes);
  const second = await upload(bytes);
  const other = await upload(Buffer.from('other'));
  await stored([named(second)], owner(tokens.everywhere, null, later(10)));
  await keepFilesUntil(database.db, [other], later(20));
  await keepFilesUntil(database.db, [other], later(15));
  assert.equal(await purgeFiles(database.db, now, 10), 0);
  assert.equal(await purgeFiles(database.db, later(1), 10), 1);
  assert.deepEqual(await openFile(database.db, first), undefined);
  assert.ok(bytes.equals(await read(second)));
  assert.equal(await purgeFiles(database.db, later(11), 10), 1);
  assert.deepEqual(await countRows(), { contents: 1, pieces: 1, uploads: 0, files: 1 });
  assert.equal(await purgeFiles(database.db, later(16), 10), 0);
  assert.equal(await purgeFiles(database.db, later(21), 10), 1);
  assert.deepEqual(await countRows(), { contents: 0, pieces: 0, uploads: 0, files: 0 });
});

test('a purge takes no more than it is told', async () => {
  for (const text of ['1', '2', '3']) await upload(Buffer.from(text));
  assert.equal(await purgeFiles(database.db, later(1), 2), 2);
  assert.deepEqual(await countRows(), { contents: 1, pieces: 1, uploads: 0, files: 1 });
});

test('a content that gets a new file while it is purged stays', async () => {
  const bytes = Buffer.from('wanted again');
  await upload(bytes);
  const mayEnd = Promise.withResolvers<void>();
  const isStored = Promise.withResolvers<string>();
  const storing = withTx(database.db, async (tx) => {
    const outcome = await storeAttachments(tx, { ...owner(), now: later(9), attachments: [inline(bytes)] });
    assert.ok(outcome.ok);
    isStored.resolve(outcome.value[0]?.file ?? '');
    await mayEnd.promise;
  });
  const file = await isStored.promise;
  const purging = purgeFiles(database.db, later(1), 10);
  await untilBlocked();
  mayEnd.resolve();
  await storing;
  assert.equal(await purging, 1);
  assert.ok(bytes.equals(await read(file)));
  assert.deepEqual(await countRows(), { contents: 1, pieces: 1, uploads: 0, files: 1 });
});

/** Resolves when a backend of this database waits for another's transaction. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}
