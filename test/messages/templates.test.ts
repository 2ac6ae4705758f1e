import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, type ManualClock } from '../../src/base/index.ts';
import { loadTemplate, renderContent, seedTemplate } from '../../src/messages/index.ts';
import type { AdminClient } from '../http/admin-client.ts';
import { NOW, openAdminScene } from '../http/admin-scene.ts';
import type { TestServer } from '../http/test-server.ts';
import { insertProfiles } from '../segments/stored-profiles.ts';

let server: TestServer;
let clock: ManualClock;
let admin: AdminClient;
let bound: AdminClient;

before(async () => {
  ({ server, clock, admin, bound } = await openAdminScene());
});
after(() => server.close());

const letter = {
  name: 'Letter',
  channel: 'email',
  subject: 'Hi {lead._fname}',
  html: '<p>{lead._fname}</p>',
};

async function make(body: object = {}): Promise<number> {
  return Number((await admin.object('POST', '/templates', 201, { ...letter, ...body }))['id']);
}

test('a template is made and changed; a part that differs makes a version, anything else does not', async () => {
  const made = await admin.object('POST', '/templates', 201, { ...letter, headers: { 'X-Tag': 'a' } });
  assert.deepEqual(made, {
    id: made['id'] ?? 0,
    ...{ name: 'Letter', channel: 'email', database_id: null, version: 1 },
    ...{ subject: 'Hi {lead._fname}', html: '<p>{lead._fname}</p>', text: '', headers: { 'x-tag': 'a' } },
    ...{ track_opens: true, track_clicks: true, data: {}, created_at: NOW, updated_at: NOW },
  });
  const path = `/templates/${made['id']}`;
  assert.deepEqual(await admin.object('GET', path, 200), made);
  const renamed = await admin.object('PATCH', path, 200, { name: 'Other', subject: 'Hi {lead._fname}' });
  assert.deepEqual(renamed, { ...made, name: 'Other' });
  const changed = await admin.object('PATCH', path, 200, { subject: 'Bye', track_opens: false });
  assert.deepEqual([changed['version'], changed['subject'], changed['html']], [2, 'Bye', made['html']]);
  const versions = await admin.data(`${path}/versions`);
  assert.deepEqual(
    versions.map(({ version, subject, track_opens }) => [version, subject, track_opens]),
    [
      [2, 'Bye', false],
      [1, 'Hi {lead._fname}', true],
    ],
  );
  const first = await loadTemplate(server.deps.db, Number(made['id']), 1);
  assert.ok(first);
  assert.equal(await loadTemplate(server.deps.db, Number(made['id']), 1), first);
  const scope = { lead: { _fname: 'Anna\r\nBcc: eve@example.org' }, subscription: null, apicontent: null };
  assert.equal(renderContent(first, scope).subject, 'Hi AnnaBcc: eve@example.org');
  assert.deepEqual(renderContent(first, scope).headers, { 'x-tag': 'a' });
  assert.equal(await loadTemplate(server.deps.db, Number(made['id']), 3), undefined);
});

test('every fault of every part is told with its place', async () => {
  const body = {
    ...letter,
    subject: 'Hi {lead.}',
    html: '<p>\n  {lead.a b}</p>',
    headers: { 'X-A': '{lead.' },
  };
  const answer = await server.post(
    '/api/admin/templates',
    { ...body, headers: { ...body.headers, Bcc: 'x', 'DKIM-Signature': 'x', 'Message-ID': 'x' } },
    { authorization: `Bearer ${await server.makeToken(['admin'])}` },
  );
  assert.equal(answer.status, 400);
  const { errors } = answer.json;
  assert.ok(Array.isArray(errors));
  const places = errors.map((error) =>
    isJsonObject(error) ? [error['path'], error['line'] ?? null, error['column'] ?? null] : [],
  );
  assert.deepEqual(places, [
    ['headers.Bcc', null, null],
    ['headers.DKIM-Signature', null, null],
    ['headers.Message-ID', null, null],
    ['subject', 1, 4],
    ['html', 2, 11],
    ['headers.x-a', 1, 1],
  ]);
});

test('a template has what its channel needs and nothing else', async () => {
  const cases: [object, string[]][] = [
    [{ name: 'x', channel: 'email' }, ['subject: is missing', 'html: is missing, and so is text']],
    [{ name: 'x', channel: 'sms' }, ['text: is missing']],
    [{ name: 'x', channel: 'sms', text: 'a', html: '<b>' }, ['html: a template of sms has none']],
    [{ ...letter, subject: 'a\nb' }, ['subject: expected no line breaks']],
    [{ ...letter, data: { a: 'b' } }, ['data: a template of email has none']],
    [{ ...letter, database_id: 99 }, ['database_id: there is no database 99']],
    [{ ...letter, name: ' ', colour: 1 }, ['colour: is unknown', 'name: must match pattern "\\S"']],
  ];
  for (const [body, faults] of cases) {
    const found = await admin.problem('POST', '/templates', 400, body);
    assert.deepEqual(found.sort(), faults.sort());
  }
  const push = { name: 'P', channel: 'push', text: 'Hi', data: { title: '{lead._fname}' } };
  assert.deepEqual((await admin.object('POST', '/templates', 201, push))['data'], { title: '{lead._fname}' });
});

test('a preview renders for a profile or for what is given, and tells faults beside good parts', async () => {
  const [profileId] = await insertProfiles(server.deps.db, 1, [{ _fname: 'Анна', age: 5 }]);
  const id = await make({ text: '{apicontent.sum} {subscription.email} {lead.age}' });
  const scope = { content: { sum: 12 }, subscription: { email: 'a@b.cd' } };
  const whole = await admin.object('POST', `/templates/${id}/preview`, 200, {
    ...{ database_id: 1, profile_id: profileId, ...scope },
  });
  assert.deepEqual(whole, {
    ...{ subject: 'Hi Анна', html: '<p>Анна</p>', text: '12 a@b.cd 5', headers: {}, errors: [] },
  });
  const other = { lead: { _fname: 'Bob' }, subject: '{lead._fname}!' };
  const changed = await admin.object('POST', `/templates/${id}/preview`, 200, other);
  assert.deepEqual([changed['subject'], changed['html']], ['Bob!', '<p>Bob</p>']);
  const free = { channel: 'email', subject: 'S {lead._fname}', html: '\n{lead.}', lead: { _fname: 'Bob' } };
  const partly = await admin.object('POST', '/templates/preview', 200, free);
  assert.deepEqual([partly['subject'], partly['html']], ['S Bob', '']);
  const [error] = Array.isArray(partly['errors']) ? partly['errors'] : [];
  assert.deepEqual({ ...Object(error), message: '' }, { path: 'html', message: '', line: 2, column: 1 });
  await admin.problem('POST', '/templates/preview', 400, { channel: 'email', profile_id: profileId });
  const foreign = { channel: 'email', profile_id: profileId, database_id: 2 };
  await admin.problem('POST', '/templates/preview', 404, foreign);
  await bound.problem('POST', '/templates/preview', 404, foreign);
});

test('a bound token sees templates of its databases and of any, and changes its own', async () => {
  const [any, own, foreign] = [await make(), await make({ database_id: 1 }), await make({ database_id: 2 })];
  const seen = (await bound.data('/templates?limit=1000')).map(({ id }) => id);
  assert.deepEqual(
    [any, own, foreign].map((id) => seen.includes(id)),
    [true, true, false],
  );
  await bound.object('GET', `/templates/${any}`, 200);
  await bound.problem('GET', `/templates/${foreign}`, 404);
  await bound.problem('PATCH', `/templates/${any}`, 403, { subject: 'x' });
  await bound.problem('POST', '/templates', 403, letter);
  await bound.object('PATCH', `/templates/${own}`, 200, { subject: 'x' });
  await bound.problem('PATCH', `/templates/${own}`, 403, { database_id: null });
  await bound.gone(`/templates/${own}`);
});

test('a template that a workflow uses stays', async () => {
  const id = await make();
  const definition = JSON.stringify({ nodes: [{ id: 'a', type: 'send', template_id: id }] });
  const { db } = server.deps;
  await sql`
    insert into workflow (name, database_id, reentry, draft, active, published_version, created_at, updated_at)
    values ('W', 1, 'each', '{"nodes": []}', true, 1, now(), now())`.execute(db);
  await sql`
    insert into workflow_version (workflow_id, version, definition, start_node, published_at)
    values (1, 1, ${definition}::jsonb, 'a', now())`.execute(db);
  await admin.problem('DELETE', `/templates/${id}`, 409);
  await sql`update workflow set published_version = null`.execute(db);
  await admin.gone(`/templates/${id}`);
  await admin.problem('GET', `/templates/${id}`, 404);
});

test('the template of a first start is whole, with and without a name', async () => {
  const { id } = await seedTemplate(server.deps.db, clock);
  const preview = async (lead: object) => admin.object('POST', `/templates/${id}/preview`, 200, { lead });
  const named = await preview({ _fname: 'Anna', email: 'anna@example.com' });
  assert.deepEqual([named['subject'], named['errors']], ['Welcome, Anna', []]);
  assert.match(String(named['html']), /anna@example\.com is now on our list/);
  assert.equal((await preview({}))['subject'], 'Welcome');
});
