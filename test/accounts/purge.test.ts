import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { purgeAudit, purgeLoginAttempts, purgeSessions } from '../../src/accounts/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const BEFORE = new Date('2026-03-01T00:00:00Z');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

test('what is old goes, the oldest first and so many at a time; what is not stays', async () => {
  const { db } = database;
  await sql
    .raw(`
    insert into user_account (email, name, role, password_hash, created_at, updated_at)
    values ('a@x.org', 'a', 'owner', '', now(), now());
    insert into user_session (token_hash, user_id, csrf_token, created_at, expires_at, last_seen_at, ip, user_agent)
    select decode('0' || day, 'hex'), 1, '', now(), '2026-02-26'::timestamptz + day * interval '1 day', now(), '', ''
      from generate_series(1, 5) day;
    insert into login_attempt (key, failures, updated_at)
    select 'ip ' || day, 1, '2026-02-26'::timestamptz + day * interval '1 day' from generate_series(1, 5) day;
    insert into audit (at, actor_kind, actor_name, action, object_kind, details)
    select '2026-02-26'::timestamptz + day * interval '1 day', 'system', '', 'a.b', 'a', '{}'
      from generate_series(1, 5) day;
  `)
    .execute(db);
  for (const [purge, gone] of [
    [purgeSessions, [2, 1, 0]],
    [purgeLoginAttempts, [2, 0, 0]],
    [purgeAudit, [2, 0, 0]],
  ] as const) {
    for (const count of gone) assert.equal(await purge(db, BEFORE, 2), count, purge.name);
  }
  const { rows } = await sql`
    select (select count(*) from user_session) as sessions, (select count(*) from login_attempt) as attempts,
           (select min(id) from audit) as entry`.execute(db);
  assert.deepEqual(rows, [{ sessions: 2, attempts: 3, entry: 3 }]);
});
