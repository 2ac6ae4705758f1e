import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { MailServer, parseMail } from '../../demo/mail-server.ts';
import { isJsonObject, newUuid, parseJson } from '../../src/base/index.ts';
import { claimMailbox } from '../../src/messages/bounces/sql/claim-mailbox.ts';
import { settleMailbox } from '../../src/messages/bounces/sql/settle-mailbox.ts';
import { limitsOf, loadSender } from '../../src/messages/index.ts';
import type { AdminClient } from '../http/admin-client.ts';
import { NOW, openAdminScene } from '../http/admin-scene.ts';
import type { TestServer } from '../http/test-server.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
let server: TestServer;
let admin: AdminClient;
let bound: AdminClient;

before(async () => {
  ({ server, admin, bound } = await openAdminScene());
});
after(() => server.close());

const least = {
  name: 'Post',
  channel: 'email',
  host: 'mail.example.com',
  from: 'Магазин <shop@example.com>',
};

async function make(body: object = {}): Promise<number> {
  return Number((await admin.object('POST', '/senders', 201, { ...least, ...body }))['id']);
}

test('a sender is made with what is usual, listed, changed; secrets are kept and never shown', async () => {
  const made = await admin.object('POST', '/senders', 201, {
    ...least,
    user: 'shop',
    password: 'top secret',
    dkim: { domain: 'example.com', selector: 's1', private_key: pem },
  });
  assert.deepEqual(made, {
    id: made['id'] ?? 0,
    name: 'Post',
    channel: 'email',
    host: 'mail.example.com',
    port: 587,
    secure: 'starttls',
    tls_reject_unauthorized: true,
    user: 'shop',
    from: { address: 'shop@example.com', name: 'Магазин' },
    reply_to: null,
    envelope_from: null,
    dkim: { domain: 'example.com', selector: 's1', has_private_key: true },
    pool: 5,
    messages_per_connection: 100,
    rate: null,
    headers: {},
    bounce: null,
    has_password: true,
    report_url: made['report_url'] ?? '',
    created_at: NOW,
    updated_at: NOW,
  });
  const path = `/senders/${made['id']}`;
  assert.deepEqual(await admin.object('GET', path, 200), made);
  assert.deepEqual(
    (await admin.data('/senders')).find(({ id }) => id === made['id']),
    made,
  );
  const changed = await admin.object('PATCH', path, 200, { rate: 20, pool: 3, dkim: made['dkim'] ?? null });
  assert.deepEqual([changed['rate'], changed['pool'], changed['has_password']], [20, 3, true]);
  const opened = await loadSender(server.deps.db, server.deps.vault, Number(made['id']));
  assert.deepEqual(opened?.secrets, { password: 'top secret', dkim_private_key: pem });
  assert.deepEqual(opened && limitsOf(opened), { concurrency: 3, perSecond: 20 });
  assert.ok(opened && opened.updatedAt.getTime() > Date.parse(NOW));
  const { rows } = await sql<{ row: string }>`select sender::text as row from sender`.execute(server.deps.db);
  assert.ok(rows.every(({ row }) => !row.includes('top secret') && !row.includes('PRIVATE KEY')));
  const bare = await admin.object('PATCH', path, 200, { user: null, dkim: null });
  assert.deepEqual([bare['has_password'], bare['dkim']], [false, null]);
  assert.deepEqual((await loadSender(server.deps.db, server.deps.vault, Number(made['id'])))?.secrets, {});
});

test('a sender tells how its bounce mailbox was read last', async () => {
  const bounce = { host: 'imap.example.com', user: 'box', password: 'p', folder: 'INBOX' };
  const id = await make({ bounce });
  const stateOf = async (): Promise<unknown> => {
    const { bounce: shown } = await admin.object('GET', `/senders/${id}`, 200);
    assert.ok(isJsonObject(shown));
    const { last_checked, last_error, mails, facts } = shown;
    return { last_checked, last_error, mails, facts };
  };
  assert.deepEqual(await stateOf(), { last_checked: null, last_error: null, mails: 0, facts: 0 });
  const token = newUuid();
  const now = new Date(NOW);
  const claim = { token, now, leaseSeconds: 60 };
  // The first claim enters the mailboxes that are new.
  const claimed = (await claimMailbox(server.deps.db, claim)) ?? (await claimMailbox(server.deps.db, claim));
  assert.equal(claimed?.senderId, id);
  const settled = {
    senderId: id,
    token,
    dueAt: now,
    error: 'the server refused the login',
    mails: 3,
    facts: 2,
  };
  await settleMailbox(server.deps.db, settled, now);
  assert.deepEqual(await stateOf(), {
    ...{ last_checked: NOW, last_error: 'the server refused the login', mails: 3, facts: 2 },
  });
});

test('what is not said follows from the port and the host', async () => {
  const cases: [object, string, number][] = [
    [{}, 'starttls', 587],
    [{ port: 465 }, 'tls', 465],
    [{ secure: 'tls' }, 'tls', 465],
    [{ secure: true, port: 2465 }, 'tls', 2465],
    [{ secure: false }, 'none', 25],
    [{ host: '127.0.0.1', port: 1025 }, 'none', 1025],
  ];
  for (const [body, secure, port] of cases) {
    const made = await admin.object('POST', '/senders', 201, { ...least, ...body });
    assert.deepEqual([made['secure'], made['port']], [secure, port], JSON.stringify(body));
  }
});

test('every key at fault is named, all at once', async () => {
  const weak = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const body = {
    ...{
      name: 'x',
      channel: 'email',
      host: 'two words',
      port: 0,
      secure: 'ssl',
      user: 'shop',
      from: 'nobody',
    },
    ...{ reply_to: 'a@b, c@d', envelope_from: '@', pool: 101, messages_per_connection: 1.5, rate: 0 },
    ...{
      dkim: { domain: 'x', private_key: weak },
      headers: { From: 'x', 'X-A': 'a\r\nb', 'a b': 'c' },
      colour: 1,
    },
  };
  assert.deepEqual(await admin.problem('POST', '/senders', 400, body), [
    'host: expected the name or address of a host',
    'secure: expected one of tls, starttls, none',
    'password: is missing, where there is a user',
    'dkim.selector: is missing',
    'dkim.domain: expected a domain',
    'dkim.private_key: expected an RSA key',
    'port: expected a whole number from 1 to 65535',
    'from: expected an e-mail address',
    'reply_to: expected an e-mail address',
    'envelope_from: expected an e-mail address, or @ and a domain',
    'pool: expected a whole number from 1 to 100',
    'messages_per_connection: expected a whole number from 1 to 100000',
    'rate: expected a number from 0.001 to 100000',
    'headers.From: the server sets this header itself, or it must not be set',
    'headers.X-A: expected a text without line breaks',
    'headers.a b: expected letters, digits and hyphens, a letter first',
    'colour: is unknown',
  ]);
  const empty = await admin.problem('POST', '/senders', 400, { name: 'x', channel: 'email' });
  assert.deepEqual(empty, ['host: is missing', 'from: is missing']);
  const id = await make();
  assert.deepEqual(await admin.problem('PATCH', `/senders/${id}`, 400, { port: 'x' }), [
    'port: expected a whole number from 1 to 65535',
  ]);
  assert.deepEqual(await admin.problem('PATCH', `/senders/${id}`, 400, { channel: 'sms' }), [
    'channel: cannot be changed',
  ]);
});

test('a token of some databases sees senders and changes none', async () => {
  const id = await make();
  assert.equal((await bound.object('GET', `/senders/${id}`, 200))['id'], id);
  await bound.problem('POST', '/senders', 403, least);
  await bound.problem('PATCH', `/senders/${id}`, 403, { pool: 1 });
  await bound.problem('DELETE', `/senders/${id}`, 403);
  await bound.problem('POST', `/senders/${id}/test`, 403, { to: 'a@b.cd' });
});

test('a resource names senders that are there and of its channel; a sender in use stays', async () => {
  const id = await make();
  const refused = await admin.problem('POST', '/resources', 400, { name: 'R', senders: { sms: id } });
  assert.deepEqual(refused, [`senders.sms: sender ${id} is one of email`]);
  assert.deepEqual(await admin.problem('POST', '/resources', 400, { name: 'R', senders: { email: 9_999 } }), [
    'senders.email: there is no sender 9999',
  ]);
  const resource = await admin.object('POST', '/resources', 201, { name: 'R', senders: { email: id } });
  await admin.problem('DELETE', `/senders/${id}`, 409);
  await admin.object('PATCH', `/resources/${resource['id']}`, 200, { senders: {} });
  await sql`
    insert into workflow (name, database_id, reentry, draft, active, created_at, updated_at)
    values ('W', 1, 'each', ${JSON.stringify({ nodes: [{ id: 'a', type: 'send', sender_id: id }] })}::jsonb,
            false, now(), now())`.execute(server.deps.db);
  const answer = await server.app.inject({
    method: 'DELETE',
    url: `/api/admin/senders/${id}`,
    headers: { authorization: `Bearer ${await server.makeToken(['admin'])}` },
  });
  assert.equal(answer.statusCode, 409);
  assert.match(answer.body, new RegExp(`sender ${id} is used by workflow 1`));
  await sql`update workflow set draft = '{"nodes": []}'`.execute(server.deps.db);
  await admin.gone(`/senders/${id}`);
  await admin.problem('GET', `/senders/${id}`, 404);
  await admin.problem('DELETE', `/senders/${id}`, 404);
});

test('a sender is tried before it is saved; by id with the secrets that are stored', async (t) => {
  const post = await MailServer.start({ login: { user: 'shop', password: 'right' } });
  t.after(() => post.stop());
  const settings = {
    host: '127.0.0.1',
    port: post.port,
    secure: 'none',
    user: 'shop',
    from: 'a@example.com',
  };
  const verify = (body: object) => admin.object('POST', '/senders/verify', 200, body);
  const before = await admin.data('/senders');
  assert.deepEqual(await verify({ ...settings, password: 'right' }), { ok: true });
  assert.match(
    String((await verify({ ...settings, password: 'wrong' }))['error']),
    /^the login is refused: /,
  );
  assert.deepEqual(await admin.data('/senders'), before);

  const id = await make({ host: '127.0.0.1', port: 1, user: 'shop', password: 'right' });
  assert.deepEqual(await verify({ id, port: post.port }), { ok: true });
  assert.equal((await verify({ id, port: post.port, password: 'wrong' }))['ok'], false);
  assert.equal((await admin.object('GET', `/senders/${id}`, 200))['port'], 1);
  assert.deepEqual(
    await admin.problem('POST', '/senders/verify', 400, { ...settings, password: 'right', port: 'x' }),
    [...(await admin.problem('PATCH', `/senders/${id}`, 400, { port: 'x' }))],
  );
  await admin.problem('POST', '/senders/verify', 404, { ...settings, id: 9_999 });
  await admin.problem('POST', '/senders/verify', 400, { id, channel: 'sms' });
  const gateway = { request: { url: 'https://sms.example.com', method: 'POST' }, channel: 'sms' };
  await admin.problem('POST', '/senders/verify', 400, gateway);
});

test('verify tells what fails in words; a test mail goes out at once with the answer of the server', async (t) => {
  const post = await MailServer.start({ login: { user: 'shop', password: 'right' } });
  t.after(() => post.stop());
  const id = await make({ host: '127.0.0.1', port: post.port, user: 'shop', password: 'wrong' });
  const verify = () => admin.object('POST', `/senders/${id}/verify`, 200, {});
  const failed = await verify();
  assert.equal(failed['ok'], false);
  assert.match(String(failed['error']), /^the login is refused: .*535 5\.7\.8/);
  await admin.object('PATCH', `/senders/${id}`, 200, { password: 'right' });
  assert.deepEqual(await verify(), { ok: true });
  const body = { name: 'T', channel: 'email', subject: 'Hi {lead.email}', html: '<b>Yes</b>' };
  const template = await admin.object('POST', '/templates', 201, body);
  const send = (more: object) =>
    admin.object('POST', `/senders/${id}/test`, 200, { to: 'Anna@Example.net', ...more });
  assert.deepEqual(await send({ template_id: template['id'] }), {
    outcome: 'accepted',
    answer: '250 OK: queued as 1',
  });
  const [mail] = post.mails;
  assert.ok(mail);
  assert.equal((await parseMail(mail)).subject, 'Hi anna@example.net');
  post.play({ at: 'recipient', reply: '550 5.1.1 User unknown' });
  const refused = await send({});
  assert.equal(refused['outcome'], 'permanent');
  assert.match(String(refused['answer']), /^550 5\.1\.1/);
  await admin.problem('POST', `/senders/${id}/test`, 400, { to: 'nobody' });
  await admin.problem('POST', `/senders/${id}/test`, 404, { to: 'a@b.cd', template_id: 9_999 });
  await admin.object('PATCH', `/senders/${id}`, 200, { secure: 'starttls' });
  assert.match(String((await verify())['error']), /STARTTLS|TLS/);
  await post.stop();
  await admin.object('PATCH', `/senders/${id}`, 200, { secure: 'none' });
  assert.match(String((await verify())['error']), /^the connection failed: /);
});

test('a gateway sends a test message as well; the address is one of its channel', async (t) => {
  const bodies: string[] = [];
  const gateway = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json');
      response.end('{"id": "m-1"}');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    gateway.closeAllConnections();
    gateway.close();
  });
  const address = gateway.address();
  assert.ok(typeof address === 'object' && address !== null);
  const made = await admin.object('POST', '/senders', 201, {
    name: 'SMS',
    channel: 'sms',
    request: {
      url: `http://127.0.0.1:${address.port}/send`,
      body: { to: '{message.to}', text: '{message.text}', key: '{secret.key}' },
    },
    answer: { id: '/id' },
    secrets: { key: 'k-1' },
  });
  const path = `/senders/${made['id']}/test`;
  const tested = await admin.object('POST', path, 200, { to: '+49 1512 3456789' });
  assert.equal(tested['outcome'], 'accepted', JSON.stringify(tested));
  const [sent] = bodies.map((body) => parseJson(body));
  assert.ok(isJsonObject(sent));
  assert.deepEqual([sent['to'], sent['key']], ['+4915123456789', 'k-1']);
  assert.match(String(sent['text']), /test message/);
  assert.deepEqual(await admin.problem('POST', path, 400, { to: 'nobody' }), [
    'to: expected a phone number with its country, such as +4915112345678',
  ]);
});
