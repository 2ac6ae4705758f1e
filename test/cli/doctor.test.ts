import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type Finding, systemClock } from '../../src/base/index.ts';
import { examine, exitCodeOf, printFindings } from '../../src/cli/doctor.ts';
import { IMPORT, TestMuster, TOKEN } from '../app/test-muster.ts';

let muster: TestMuster;
before(async () => {
  muster = await TestMuster.start();
  const data = [{ data: { email: 'a@x.ru' } }, { data: { email: 'not one' } }];
  await muster.completed(await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, data })));
});
after(() => muster.stop());

function faults(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level === 'fault').map(({ check, text }) => `${check}: ${text}`);
}

test('nothing is wrong with a server that has done its work', async () => {
  const findings = await examine(muster.db, systemClock);
  assert.deepEqual(faults(findings), []);
  assert.equal(exitCodeOf(findings), 0);
  const checks = findings.map(({ check }) => check);
  for (const check of [
    'PostgreSQL',
    'schema',
    'clock',
    'task ledger',
    'import',
    'stuck runs',
    'messages',
    'breakers',
  ])
    assert.ok(checks.includes(check));
});

test('a ledger that does not close is a fault with an example', async () => {
  const { rows } = await sql<{ id: string }>`update task set created = created + 1 returning id`.execute(
    muster.db,
  );
  const findings = await examine(muster.db, systemClock);
  await sql`update task set created = created - 1`.execute(muster.db);
  assert.deepEqual(faults(findings), [
    `task ledger: 1 whose states do not sum to their items, such as ${rows[0]?.id}`,
  ]);
  assert.equal(exitCodeOf(findings), 1);
});

test('a task that is unfinished and has nothing left to import is found', async () => {
  await sql`update task set finished_at = null`.execute(muster.db);
  const findings = await examine(muster.db, systemClock);
  await sql`update task set finished_at = accepted_at`.execute(muster.db);
  assert.match(faults(findings).join(), /^task ledger: 1 that are unfinished and have nothing left/);
});

test('a clock that is far from that of the database is a fault', async () => {
  const late = { ...systemClock, now: () => new Date(Date.now() - 60_000) };
  assert.match(faults(await examine(muster.db, late)).join(), /^clock: (59|60)\d{3} ms/);
});

test('messages that wait for a person, and places that cannot be reached, are told of', async () => {
  const row = {
    ...{
      slot: 0,
      id: 'a'.repeat(24),
      database_id: 1,
      profile_id: 'b'.repeat(24),
      share: 0,
      channel: 'email',
    },
    ...{
      resource_id: 1,
      template_id: 1,
      template_version: 1,
      sender_id: 1,
      on_unknown: 'park',
      status: 'unknown',
    },
    ...{ created_at: new Date(), give_up_at: new Date(), is_test: false, attempts: 1, opens: 0, clicks: 0 },
  };
  await sql`insert into message select * from jsonb_populate_record(null::message, ${JSON.stringify(row)}::jsonb)`.execute(
    muster.db,
  );
  await sql`insert into budget (key, refilled_at, failures, opened_at, retry_at, reason, updated_at)
            values ('sender 1', now(), 5, now(), now() + interval '1 hour', 'refused', now())`.execute(
    muster.db,
  );
  const findings = await examine(muster.db, systemClock);
  await sql`truncate message, budget`.execute(muster.db);
  assert.deepEqual(faults(findings), []);
  const warnings = findings.filter(({ level, check }) => level === 'warning' && check !== 'durability');
  assert.match(
    warnings.map(({ check, text }) => `${check}: ${text}`).join('\n'),
    /^messages: 1 are parked.*\nbreakers: sender 1 cannot be reached since .*: refused$/,
  );
});

test('a check that cannot be made is told of, and the others are made', async () => {
  const findings = await examine(muster.db, systemClock, [
    () => Promise.reject(new Error('no such folder')),
    async () => [{ check: 'last', level: 'ok', text: 'made' }],
  ]);
  assert.deepEqual(faults(findings), ['check: no such folder']);
  assert.equal(findings.at(-1)?.check, 'last');
});

test('findings are printed a line each, advice below, and summed', () => {
  const printed = printFindings([
    { check: 'disk', level: 'ok', text: '10 GiB' },
    { check: 'clock', level: 'fault', text: 'late', advice: 'set it' },
  ]);
  assert.equal(printed, '✔ disk   10 GiB\n✖ clock  late\n         → set it\n\n1 faults, 0 warnings\n');
});
