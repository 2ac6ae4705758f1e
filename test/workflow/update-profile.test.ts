import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { at, createBench, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const NONE = { waiting: 0, ended: 0, failed: 0 };
const ended = { node: 'set', status: 'ended', steps: 2, ended: at() };

function setting(fields: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'update_profile', fields },
  ];
}

test('values are templates over profile and content, coerced to the type of their field', async () => {
  const target = await bench.publish(
    setting({
      points: '{apicontent.points}',
      note: 'in {lead.city}: {apicontent.order.id}',
      email: 'A@X.ru',
    }),
  );
  const profileId = await bench.addProfile({ city: 'Oslo', points: 1 });
  const other = await bench.addProfile({ city: 'Rome' });
  bench.clock.advance(5);
  await bench.start(target, { profileId, content: { points: '42', order: { id: 7 } } });
  await bench.walk();
  assert.deepEqual(await bench.fieldsOf(profileId), {
    ...{ city: 'Oslo', points: 42, note: 'in Oslo: 7', email: 'a@x.ru' },
  });
  const { rows } = await sql`select id, updated_at from profile order by id`.execute(bench.db);
  assert.deepEqual(rows, [
    { id: profileId, updated_at: bench.clock.now() },
    { id: other, updated_at: START },
  ]);
  const identities = await sql`select value, profile_id from identity`.execute(bench.db);
  assert.deepEqual(identities.rows, [{ value: 'a@x.ru', profile_id: profileId }]);
  assert.deepEqual(await bench.runs(), [{ ...ended, ended: at(5) }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'set next': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
  assert.deepEqual(bench.logged, []);
});

test('several runs of one profile in a batch change it in their order, each sees the ones before', async () => {
  const target = await bench.publish(setting({ note: '{lead.note}{apicontent.x}', city: '{apicontent.x}' }));
  const profileId = await bench.addProfile({ note: '>' });
  await bench.start(target, ...['a', 'b', 'c'].map((x) => ({ profileId, content: { x } })));
  await bench.walk();
  assert.deepEqual(await bench.fieldsOf(profileId), { note: '>abc', city: 'c' });
  assert.deepEqual(await bench.runs(), [ended, ended, ended]);
});

test('later nodes of the same batch see what was set before', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'one' },
    { id: 'one', type: 'update_profile', fields: { city: 'Oslo' }, next: 'two' },
    { id: 'two', type: 'update_profile', fields: { note: 'now in {lead.city}' }, next: 'ask' },
    { id: 'ask', type: 'condition', filter: { note: 'now in Oslo' }, yes: 'out' },
    { id: 'out', type: 'end', reason: 'seen' },
  ]);
  const profileId = await bench.addProfile({ city: 'Rome', points: 3 });
  await bench.start(target, { profileId });
  await bench.walk();
  assert.deepEqual(await bench.fieldsOf(profileId), { city: 'Oslo', note: 'now in Oslo', points: 3 });
  assert.deepEqual(await bench.runs(), [
    { node: 'out', status: 'ended', steps: 5, reason: 'seen', ended: at() },
  ]);
});

test('a value that does not fit fails its own run and leaves its profile alone', async () => {
  const target = await bench.publish(setting({ city: 'set', points: '{apicontent.points}' }));
  const [good, bad] = [await bench.addProfile(), await bench.addProfile()];
  await bench.start(
    target,
    { profileId: good, content: { points: 1 } },
    { profileId: bad, content: { points: 'many' } },
    { profileId: good, content: { points: 'few' } },
  );
  await bench.walk();
  const failed = (got: string) => ({
    ...{ node: 'set', status: 'failed', steps: 2, ended: at() },
    reason: `set: points: expected a whole number, got “${got}”`,
  });
  assert.deepEqual(await bench.runs(), [ended, failed('many'), failed('few')]);
  assert.deepEqual(await bench.fieldsOf(good), { city: 'set', points: 1 });
  assert.deepEqual(await bench.fieldsOf(bad), {});
  assert.deepEqual(await bench.counts(), { 'in next': 3, 'set next': 1, 'set failed': 2 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1, failed: 2 });
});

test('a run whose profile was erased fails', async () => {
  const target = await bench.publish(setting({ city: 'set' }));
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await sql`delete from profile`.execute(bench.db);
  await bench.walk();
  const reason = 'the profile does not exist any more';
  assert.deepEqual(await bench.runs(), [{ ...ended, status: 'failed', reason }]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, failed: 1 });
});

test('a batch with a row that PostgreSQL refuses is halved until that run fails alone', async () => {
  await sql`alter table profile add constraint no_bombs check (fields ->> 'note' <> 'bomb')`.execute(
    bench.db,
  );
  try {
    const target = await bench.publish(setting({ note: '{apicontent.note}' }));
    const notes = ['a', 'b', 'bomb', 'd', 'e'];
    const ids: string[] = [];
    for (const note of notes) {
      const profileId = await bench.addProfile();
      ids.push(profileId);
      await bench.start(target, { profileId, content: { note } });
    }
    const engine = bench.engine();
    const settled = bench.signals.until('engine', 'settled');
    await engine.start();
    assert.equal(await settled, notes.length);
    await engine.stop();
    const reason = 'its data cannot be stored (SQLSTATE 23514)';
    const failed = { node: 'in', status: 'failed', steps: 0, reason, ended: at() };
    assert.deepEqual(await bench.runs(), [ended, ended, failed, ended, ended]);
    const stored = await Promise.all(ids.map((id) => bench.fieldsOf(id)));
    assert.deepEqual(stored, [{ note: 'a' }, { note: 'b' }, {}, { note: 'd' }, { note: 'e' }]);
    assert.deepEqual(await bench.counts(), { 'in next': 4, 'set next': 4, 'in failed': 1 });
    assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 4, failed: 1 });
    assert.deepEqual(bench.logged, ['a run failed: PostgreSQL refuses its data']);
  } finally {
    await sql`alter table profile drop constraint no_bombs`.execute(bench.db);
  }
});
