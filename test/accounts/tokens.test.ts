import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import {
  createToken,
  ensureFirstToken,
  ensureToken,
  findToken,
  listTokens,
  mayUse,
  revokeToken,
  type Token,
} from '../../src/accounts/index.ts';
import { ManualClock } from '../../src/base/index.ts';
import { createTestDatabase } from '../support/database.ts';

const clock = new ManualClock(new Date('2026-03-01T10:00:00Z'));
let database: Awaited<ReturnType<typeof createTestDatabase>>;

before(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await sql`truncate token cascade`.execute(database.db);
});
after(() => database.drop());

test('a token is found by its secret, of which only the hash is stored', async () => {
  const { db } = database;
  const { token, secret } = await createToken(db, clock, {
    name: 'crm',
    rights: ['import', 'read'],
    databaseIds: [3, 5],
  });
  assert.match(secret, /^[0-9a-f]{32}$/);
  assert.deepEqual(await findToken(db, secret), {
    id: token.id,
    name: 'crm',
    rights: ['import', 'read'],
    databaseIds: [3, 5],
  });
  assert.equal(await findToken(db, `${secret} `), undefined);
  assert.equal(await findToken(db, ''), undefined);
  const { rows } = await sql<{ row: string }>`select token::text as row from token`.execute(db);
  assert.equal(rows.length, 1);
  assert.doesNotMatch(rows[0]?.row ?? '', new RegExp(secret));
});

test('a revoked token is not found, and stays in the list with the time of the first revocation', async () => {
  const { db } = database;
  const { token, secret } = await createToken(db, clock, {
    name: 'old',
    rights: ['read'],
    databaseIds: null,
  });
  const revokedAt = clock.now();
  assert.equal(await revokeToken(db, clock, token.id), true);
  clock.advance(1000);
  assert.equal(await revokeToken(db, clock, token.id), true);
  assert.equal(await revokeToken(db, clock, token.id + 1000), false);
  assert.equal(await findToken(db, secret), undefined);
  assert.deepEqual(await listTokens(db), [{ ...token, revokedAt }]);
});

test('ensureToken makes the token once, and gives it back every right', async () => {
  const { db } = database;
  const secret = 'a secret from the environment';
  await ensureToken(db, clock, secret, 'environment');
  const made = await findToken(db, secret);
  assert.deepEqual(made?.rights, ['import', 'read', 'admin']);
  await sql`update token set rights = '{read}', database_ids = '{1}', revoked_at = now()`.execute(db);
  await ensureToken(db, clock, secret, 'another name');
  assert.deepEqual(await findToken(db, secret), made);
  assert.equal((await listTokens(db)).length, 1);
});

test('the first token is made only where there is none at all', async () => {
  const { db } = database;
  const secret = await ensureFirstToken(db, clock);
  assert.match(secret ?? '', /^[0-9a-f]{32}$/);
  const token = await findToken(db, secret ?? '');
  assert.deepEqual(token?.rights, ['import', 'read', 'admin']);
  assert.equal(token?.databaseIds, null);
  assert.equal(await ensureFirstToken(db, clock), undefined);
  await revokeToken(db, clock, token?.id ?? 0);
  assert.equal(await ensureFirstToken(db, clock), undefined);
});

test('rights and databases', () => {
  const reader: Token = { id: 1, name: 'r', rights: ['read'], databaseIds: null };
  const admin: Token = { id: 2, name: 'a', rights: ['admin'], databaseIds: [7] };
  const cases: [Token, Parameters<typeof mayUse>[1], number | undefined, boolean][] = [
    [reader, 'read', undefined, true],
    [reader, 'read', 7, true],
    [reader, 'import', 7, false],
    [reader, 'admin', undefined, false],
    [admin, 'read', undefined, true],
    [admin, 'import', 7, true],
    [admin, 'admin', 8, false],
  ];
  for (const [token, right, databaseId, expected] of cases) {
    assert.equal(mayUse(token, right, databaseId), expected, `${token.name} ${right} ${databaseId}`);
  }
});
