import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { type Answer, jsonAnswer, startSink, type TargetSink } from './target-sink.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let sink: TargetSink;
before(async () => {
  [bench, sink] = await Promise.all([createBench(), startSink()]);
});
beforeEach(async () => {
  sink.clear();
  await bench.clear();
});
after(async () => {
  await bench.drop();
  await sink.stop();
});

const NONE = { waiting: 0, ended: 0, failed: 0 };

/** A call between start and end; what the node says wins. */
function calling(node: JsonObject, ...behind: JsonObject[]): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'call' },
    { id: 'call', type: 'api_call', url: `${sink.url}/`, next: 'out', ...node },
    { id: 'out', type: 'end', reason: 'answered' },
    ...behind,
  ];
}

/** Walks one run through its call. */
async function play(
  node: JsonObject,
  fields: JsonObject = {},
  content: JsonObject | null = null,
): Promise<void> {
  const target = await bench.publish(calling(node));
  await bench.start(target, { profileId: await bench.addProfile(fields), content });
  await bench.walk();
  await bench.send();
  await bench.walk();
}

test('a call is queued with the run, sent once, and its run goes on', async () => {
  const target = await bench.publish(calling({ timeout: 2.5 }));
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk();
  assert.deepEqual(bench.wakes, ['calls']);
  assert.deepEqual(await bench.runs(), [{ node: 'call', status: 'waiting', steps: 2, calling: true }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 1 });
  const { rows } = await sql<Record<string, unknown>>`
    select c.id, c.slot = r.slot and c.id = r.effect_id and c.run_id = r.id as belongs, c.database_id, c.profile_id,
           c.workflow_id, c.version, c.request, c.save_as
      from api_call c cross join run r`.execute(bench.db);
  const id = rows[0]?.['id'];
  assert.deepEqual(rows, [
    {
      id,
      belongs: true,
      database_id: bench.databaseId,
      profile_id: profileId,
      workflow_id: target.workflowId,
      version: 1,
      request: { method: 'POST', url: `${sink.url}/`, headers: {}, body: null, timeoutMs: 2_500 },
      save_as: null,
    },
  ]);
  const queued = { node: 'call', status: 'queued', attempts: 0, left: 3, due: at() };
  assert.deepEqual([await bench.calls(), sink.received], [[queued], []]);

  bench.clock.advance(10);
  await bench.send();
  assert.deepEqual(bench.wakes, ['calls', 'engine']);
  const done = { node: 'call', status: 'done', attempts: 1, left: 3, settled: at(10), http: 200 };
  assert.deepEqual(await bench.calls(), [done]);
  assert.deepEqual(
    sink.received.map(({ headers }) => headers['idempotency-key']),
    [id],
  );
  const resumed = {
    node: 'call',
    status: 'waiting',
    steps: 2,
    due: at(10),
    resume: 'next',
    reason: 'HTTP 200',
  };
  assert.deepEqual([await bench.runs(), bench.deltas], [[resumed], []]);

  bench.clock.advance(10);
  await bench.walk();
  await bench.send();
  const ended = { node: 'out', status: 'ended', steps: 3, reason: 'answered', ended: at(20) };
  assert.deepEqual([await bench.runs(), await bench.calls()], [[ended], [done]]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'call next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });
  assert.deepEqual([sink.received.length, bench.tries, bench.logged], [1, ['2xx'], []]);
});

test('templates of a call know the moment, the zone of the profile and its conditions', async () => {
  const at = '{now | date "dd.MM.yyyy HH:mm"}';
  const body = { at, who: '{if lead.city equal "Oslo"}north{else}elsewhere{end}' };
  await play({ method: 'POST', url: sink.url, body }, { city: 'Oslo', _tz: 'Asia/Tokyo' }, {});
  const sent = JSON.parse(sink.received[0]?.body ?? '');
  assert.deepEqual(sent, { at: '01.03.2026 09:00', who: 'north' });
});

test('URL, headers and a JSON body are templates, each value escaped for its place', async () => {
  const nasty = 'a "b"\r\n&c=/{x}';
  await play(
    {
      method: 'PUT',
      url: `${sink.url}/p/{lead.city}?q={apicontent.q}&id={lead._id}`,
      headers: { Authorization: 'Bearer {apicontent.key}', 'X-City': '{lead.city}' },
      body: {
        city: '{lead.city}',
        list: [1, true, null, 'q={apicontent.q}'],
        'not {lead.city}': { deep: '{}' },
      },
    },
    { city: nasty },
    { q: 'ü/?', key: 'k1' },
  );
  const [request] = sink.received;
  const id = (await sql<{ id: string }>`select id from profile`.execute(bench.db)).rows[0]?.id;
  assert.equal(request?.method, 'PUT');
  assert.equal(request.url, `/p/${encodeURIComponent(nasty)}?q=${encodeURIComponent('ü/?')}&id=${id}`);
  const { authorization, 'x-city': city, 'content-type': type, 'user-agent': agent } = request.headers;
  assert.deepEqual(
    { authorization, city, type, agent },
    { authorization: 'Bearer k1', city: 'a "b"&c=/{x}', type: 'application/json', agent: 'Muster' },
  );
  assert.deepEqual(JSON.parse(request.body), {
    city: nasty,
    list: [1, true, null, 'q=ü/?'],
    'not {lead.city}': { deep: '{}' },
  });
});

test('a text body of a JSON type is rendered as JSON, any other as it is', async () => {
  const fields = { city: 'a "b"', points: 3 };
  const json = '{"city": "{lead.city}", "points": {lead.points}, "note": {lead.note}}';
  await play({ headers: { 'Content-Type': 'application/vnd.api+json' }, body: json }, fields);
  await play({ body: 'Hi {lead.city}{lead.note}!' }, fields);
  const [first, second] = sink.received;
  assert.deepEqual(JSON.parse(first?.body ?? ''), { city: 'a "b"', points: 3, note: null });
  assert.equal(first?.headers['content-type'], 'application/vnd.api+json');
  assert.equal(second?.body, 'Hi a "b"!');
  assert.equal(second?.headers['content-type'], 'text/plain; charset=utf-8');
});

test('a saved answer lies over the content, for filters and templates behind the call', async () => {
  const target = await bench.publish(
    calling(
      { url: `${sink.url}/{apicontent.n}`, save_as: 'score', next: 'ask' },
      {
        ...{ id: 'ask', type: 'content_filter', yes: 'again', no: 'out' },
        filter: { 'score.value': { $gt: 5 }, n: { $exists: true } },
      },
      {
        ...{ id: 'again', type: 'api_call', url: `${sink.url}/again/{apicontent.score.value}`, save_as: 'n' },
      },
    ),
  );
  sink.answer = (_count, { url }) => jsonAnswer({ value: Number(url.slice(1)) });
  for (const n of [9, 5]) {
    await bench.start(target, { profileId: await bench.addProfile(), content: { n, score: 'old' } });
  }
  await bench.walk();
  await bench.send();
  await bench.walk();
  sink.answer = () => jsonAnswer('last');
  await bench.send();
  await bench.walk();
  assert.deepEqual(sink.received.map(({ url }) => url).sort(), ['/5', '/9', '/again/9']);
  const ended = { status: 'ended', ended: at() };
  assert.deepEqual(await bench.runs(), [
    { node: 'again', ...ended, steps: 4, saved: { score: { value: 9 }, n: 'last' } },
    { node: 'out', ...ended, steps: 4, saved: { score: { value: 5 } }, reason: 'answered' },
  ]);
});

const kept: [what: string, answer: Answer, saved: JsonObject][] = [
  ['JSON', jsonAnswer([1, { a: null }]), { x: [1, { a: null }] }],
  ['the JSON null', jsonAnswer(null), { x: null }],
  ['nothing as null', { status: 204 }, { x: null }],
  ['a text', { status: 200, headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }, { x: '{"a":1}' }],
  ['JSON that is none', { ...jsonAnswer(0), body: '{"a":' }, { x: '{"a":' }],
];
for (const [what, answer, saved] of kept) {
  test(`an answer is saved: ${what}`, async () => {
    sink.answer = () => answer;
    await play({ save_as: 'x' });
    assert.deepEqual(await bench.runs(), [
      { node: 'out', status: 'ended', steps: 3, saved, reason: 'answered', ended: at() },
    ]);
  });
}

test('an answer that cannot be stored fails the call, unless nobody wants to keep it', async () => {
  sink.answer = () => jsonAnswer({ a: '\u0000' });
  await play({ save_as: 'x' });
  await play({});
  const fault = 'the answer.a: holds the character NUL (\\u0000), which cannot be stored';
  assert.deepEqual(await bench.runs(), [
    { node: 'call', status: 'failed', steps: 2, reason: fault, ended: at() },
    { node: 'out', status: 'ended', steps: 3, reason: 'answered', ended: at() },
  ]);
  assert.deepEqual(await bench.calls(), [
    { node: 'call', status: 'failed', attempts: 1, left: 3, settled: at(), http: 200, fault },
    { node: 'call', status: 'done', attempts: 1, left: 3, settled: at(), http: 200 },
  ]);
});

test('a failed call takes the error edge', async () => {
  sink.answer = () => ({ status: 404 });
  const target = await bench.publish(
    calling({ error: 'sorry' }, { id: 'sorry', type: 'end', reason: 'no luck' }),
  );
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  await bench.send();
  const fault = 'the answer was HTTP 404';
  const failed = { node: 'call', status: 'failed', attempts: 1, left: 3, settled: at(), http: 404, fault };
  assert.deepEqual(await bench.calls(), [failed]);
  assert.deepEqual(await bench.runs(), [
    { node: 'call', status: 'waiting', steps: 2, reason: fault, due: at(), resume: 'error' },
  ]);
  await bench.walk();
  await bench.send();
  assert.deepEqual(await bench.runs(), [
    { node: 'sorry', status: 'ended', steps: 3, reason: 'no luck', ended: at() },
  ]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'call error': 1, 'sorry end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
  assert.equal(sink.received.length, 1);
});

for (const status of [302, 400, 401, 404, 410]) {
  test(`without an error edge the run fails: HTTP ${status} is not tried again`, async () => {
    sink.answer = () => ({ status, headers: { location: '/elsewhere' } });
    await play({});
    const reason = `the answer was HTTP ${status}`;
    assert.deepEqual(await bench.runs(), [{ node: 'call', status: 'failed', steps: 2, reason, ended: at() }]);
    assert.deepEqual(await bench.counts(), { 'in next': 1, 'call failed': 1 });
    assert.deepEqual(bench.takeDeltas(), { ...NONE, failed: 1 });
    assert.equal(sink.received.length, 1);
  });
}

test('a header that cannot be sent for one profile fails that run alone', async () => {
  const target = await bench.publish(calling({ headers: { 'x-city': '{lead.city}' } }));
  for (const city of ['Oslo', 'Köln', 'Москва']) {
    await bench.start(target, { profileId: await bench.addProfile({ city }) });
  }
  await bench.walk();
  await bench.send();
  await bench.walk();
  const ended = { node: 'out', status: 'ended', steps: 3, reason: 'answered', ended: at() };
  const reason = 'the value of the header x-city holds a character that headers cannot hold';
  const failed = { node: 'call', status: 'failed', steps: 2, reason, ended: at() };
  assert.deepEqual(await bench.runs(), [ended, ended, failed]);
  assert.deepEqual(bench.tries.sort(), ['2xx', '2xx', 'refused']);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 2, failed: 1 });
});

test('a value of dots cannot lead a call to another path', async () => {
  const target = await bench.publish(
    calling({ url: `${sink.url}/customers/{lead.city}/notes?q={lead.city}` }),
  );
  for (const city of ['..', '.', '...', 'a..b', '../..']) {
    await bench.start(target, { profileId: await bench.addProfile({ city }) });
  }
  await bench.walk();
  await bench.send();
  await bench.walk();
  const reason = 'call: a value of dots in the path of the URL would lead the call elsewhere';
  const reasons = (await bench.runs()).map((run) => run['reason']);
  assert.deepEqual(reasons, [reason, reason, 'answered', 'answered', 'answered']);
  const paths = sink.received.map((received) => received.url).sort();
  assert.deepEqual(paths, [
    '/customers/..%2F../notes?q=..%2F..',
    '/customers/.../notes?q=...',
    '/customers/a..b/notes?q=a..b',
  ]);
});

test('a run whose profile was erased makes no call', async () => {
  const target = await bench.publish(calling({}));
  await bench.start(target, { profileId: await bench.addProfile(), taskId: TASK });
  await sql`delete from profile`.execute(bench.db);
  await bench.walk();
  const reason = 'the profile does not exist any more';
  assert.deepEqual(await bench.runs(), [{ node: 'call', status: 'failed', steps: 2, reason, ended: at() }]);
  assert.deepEqual([await bench.calls(), bench.wakes], [[], []]);
});
