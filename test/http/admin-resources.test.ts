import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AdminClient } from './admin-client.ts';
import { NOW, openAdminScene } from './admin-scene.ts';
import type { TestServer } from './test-server.ts';

let server: TestServer;
let admin: AdminClient;
/** An administrator of database 1 alone. */
let bound: AdminClient;

before(async () => {
  ({ server, admin, bound } = await openAdminScene());
});
after(() => server.close());

test('a resource is made, got and changed', async () => {
  const sender = { name: 'Post', channel: 'email', host: 'mail.example.com', from: 'shop@example.com' };
  assert.equal((await admin.object('POST', '/senders', 201, sender))['id'], 1);
  const bare = await admin.object('POST', '/resources', 201, { name: 'Bare' });
  assert.deepEqual(bare, {
    id: bare['id'] ?? 0,
    name: 'Bare',
    databases: [],
    channels: [],
    categories: [],
    senders: {},
    policy: {},
    fields: [],
    created_at: NOW,
  });
  const body = {
    name: 'Full',
    databases: [1, 2],
    channels: ['email', 'whatsapp'],
    categories: ['News'],
    senders: { email: 1 },
    policy: { caps: { per_day: 1, per_week: 3 }, quiet_hours: { from: '22:00', to: '08:30' } },
    fields: [{ name: 'size', type: 'enum', options: ['S', 'M'], match: true }],
  };
  const full = await admin.object('POST', '/resources', 201, body);
  assert.deepEqual(full, { id: full['id'] ?? 0, ...body, created_at: NOW });
  assert.deepEqual(await admin.object('GET', `/resources/${full['id']}`, 200), full);
  const patch = { channels: ['sms'], policy: {}, fields: [...body.fields, { name: 'code', type: 'int' }] };
  const changed = await admin.object('PATCH', `/resources/${full['id']}`, 200, patch);
  assert.deepEqual(changed, {
    ...full,
    channels: ['sms'],
    policy: {},
    fields: [...body.fields, { name: 'code', type: 'int', options: null, match: false }],
  });
  assert.deepEqual(await admin.object('GET', '/resources', 200), { data: [bare, changed], total: 2 });
});

test('a body that is not usable is refused by its keys', async () => {
  const { id } = await admin.object('POST', '/resources', 201, {
    name: 'Stays',
    fields: [{ name: 'size', type: 'int' }],
  });
  const cases: [object, string[]][] = [
    [{}, ['name: is missing']],
    [{ name: 'x', color: 'red' }, ['color: is unknown']],
    [{ name: 'x', databases: [1, 77] }, ['databases[1]: there is no database 77']],
    [
      { name: 'x', channels: ['fax'] },
      ['channels[0]: expected one of email, sms, push, notify, viber, whatsapp, telegram_bot'],
    ],
    [{ name: 'x', senders: { fax: 1 } }, ['senders.fax: is unknown']],
    [{ name: 'x', senders: { email: 'me' } }, ['senders.email: must be integer']],
    [{ name: 'x', policy: { caps: { per_year: 1 } } }, ['policy.caps.per_year: is unknown']],
    [{ name: 'x', policy: { caps: { per_day: 0 } } }, ['policy.caps.per_day: must be >= 1']],
    [{ name: 'x', policy: { quiet_hours: { from: '22:00' } } }, ['policy.quiet_hours.to: is missing']],
    [
      { name: 'x', policy: { quiet_hours: { from: '8:00', to: '24:00' } } },
      [
        'policy.quiet_hours.from: must match pattern "^([01][0-9]|2[0-3]):[0-5][0-9]$"',
        'policy.quiet_hours.to: must match pattern "^([01][0-9]|2[0-3]):[0-5][0-9]$"',
      ],
    ],
    [
      { name: 'x', policy: { quiet_hours: { from: '08:00', to: '08:00' } } },
      ['policy.quiet_hours.to: expected another time than from'],
    ],
    [{ name: 'x', categories: ['a', ' '] }, ['categories[1]: expected 1 to 200 characters']],
    [{ name: 'x', fields: [{ name: 'toString', type: 'int' }] }, ['fields[0].name: this name is reserved']],
  ];
  for (const [body, expected] of cases) {
    assert.deepEqual(await admin.problem('POST', '/resources', 400, body), expected, JSON.stringify(body));
  }
  assert.deepEqual(await admin.problem('PATCH', `/resources/${id}`, 400, { fields: [] }), [
    'fields: size is there already and must stay',
  ]);
  assert.deepEqual(await admin.problem('PATCH', `/resources/${id}`, 400, { colour: 1 }), [
    'colour: is unknown',
  ]);
  await admin.problem('PATCH', `/resources/${id}`, 400, {});
  await admin.problem('GET', '/resources/99', 404);
  await admin.problem('PATCH', '/resources/99', 404, { name: 'x' });
});

test('a token of one database neither sees nor touches what is of another', async () => {
  const make = async (name: string, databases: number[]) =>
    (await admin.object('POST', '/resources', 201, { name, databases }))['id'];
  const [own, shared, foreign] = [
    await make('own', [1]),
    await make('shared', [2, 1]),
    await make('foreign', [2]),
  ];
  const seen = await bound.data('/resources');
  const ids = seen.map((resource) => resource['id']);
  assert.ok(ids.includes(own) && ids.includes(shared) && !ids.includes(foreign));
  assert.deepEqual((await bound.object('GET', `/resources/${shared}`, 200))['databases'], [1]);
  await bound.problem('GET', `/resources/${foreign}`, 404);
  await bound.problem('PATCH', `/resources/${foreign}`, 404, { name: 'Mine' });
  await bound.problem('PATCH', `/resources/${shared}`, 403, { name: 'Mine' });
  await bound.problem('PATCH', `/resources/${own}`, 403, { databases: [1, 2] });
  await bound.problem('PATCH', `/resources/${own}`, 403, { databases: [] });
  for (const databases of [undefined, [], [2], [1, 2]]) {
    await bound.problem('POST', '/resources', 403, { name: 'Mine', databases });
  }
  assert.equal((await bound.object('PATCH', `/resources/${own}`, 200, { name: 'Mine' }))['name'], 'Mine');
  await bound.object('POST', '/resources', 201, { name: 'Mine', databases: [1] });
  const [before] = await Promise.all([admin.object('GET', `/resources/${shared}`, 200)]);
  assert.deepEqual([before['name'], before['databases']], ['shared', [1, 2]]);
  assert.deepEqual(server.faults, []);
});
