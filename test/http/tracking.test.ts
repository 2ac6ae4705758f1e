import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { decorate, type Fact, linksOf, type MessageRef, reportUrl } from '../../src/messages/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const message = { slot: 3, id: '0123456789abcdef01234567' };
const russian = { slot: 4, id: '0123456789abcdef01234568' };
const gone = { slot: 5, id: '0123456789abcdef01234569' };
let server: TestServer;
let facts: (readonly Fact[])[] = [];
let fails = false;

async function addMessage({ slot, id }: MessageRef, address: string, language: string | null): Promise<void> {
  const fields = JSON.stringify(language === null ? {} : { language });
  const now = new Date();
  await sql`
    insert into profile (slot, database_id, id, fields, created_at, updated_at)
    values (${slot}, 1, ${`p${slot}`}, ${fields}::jsonb, ${now}, ${now})`.execute(server.deps.db);
  await sql`
    insert into message (slot, id, database_id, profile_id, share, channel, resource_id, template_id, template_version,
                         sender_id, address, on_unknown, status, give_up_at, created_at, provider_id)
    values (${slot}, ${id}, 1, ${`p${slot}`}, 0, 'email', (select max(id) from resource), 1, 1, 1, ${address}, 'skip',
            'sent', ${now}, ${now}, ${`at-provider-${slot}`})`.execute(server.deps.db);
}

before(async () => {
  server = await createTestServer(
    {},
    {
      recordFacts: async (batch) => {
        if (fails) throw new Error('no database');
        facts.push(batch);
      },
    },
  );
  const { db } = server.deps;
  await sql`insert into resource (name, channels, created_at)
            values ('News <b>&"''', '{email}', now())`.execute(db);
  await addMessage(message, 'john@example.com', null);
  await addMessage(russian, '<i>@example.com', 'ru-RU');
  await sql`insert into sender (name, channel, settings, created_at, updated_at)
            values ('SMS', 'sms', '{"report": {"id": "/sms/id", "status": "/s", "delivered": ["1"], "undelivered": [2], "pending": ["0"]}}', now(), now()),
                   ('Mail', 'email', '{"report": {"answer": "OK"}}', now(), now())`.execute(db);
});
after(() => server.close());
beforeEach(() => {
  facts = [];
  fails = false;
});

type Method = 'GET' | 'POST' | 'HEAD';

async function ask(method: Method, url: string, headers: Record<string, string> = {}, payload?: string) {
  const body = payload === undefined ? {} : { payload };
  return await server.app.inject({
    method,
    url,
    headers: { 'user-agent': 'Mozilla/5.0', ...headers },
    ...body,
  });
}

function links(of: MessageRef = message) {
  return linksOf('', server.deps.vault, of);
}

function decorated(): { click: string; open: string } {
  const content = { subject: '', text: '', headers: {}, attachments: [], unsubscribeUrl: null };
  const html = '<body><a href="https://shop.example/x?a=1&amp;b=é">x</a></body>';
  const options = { trackOpens: true, trackClicks: true, publicUrl: '', vault: server.deps.vault };
  const text = decorate({ ...content, html }, message, options).html;
  return { click: /href="([^"]+)"/.exec(text)?.[1] ?? '', open: /src="([^"]+)"/.exec(text)?.[1] ?? '' };
}

test('an opening shows a picture that no cache keeps, and is recorded before it', async () => {
  const answer = await ask('GET', decorated().open);
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'image/gif');
  assert.match(String(answer.headers['cache-control']), /no-store/);
  assert.equal(answer.headers['cross-origin-resource-policy'], 'cross-origin');
  assert.equal(answer.rawPayload.subarray(0, 6).toString(), 'GIF89a');
  const [fact] = facts.flat();
  assert.deepEqual([fact?.slot, fact?.messageId, fact?.kind], [3, message.id, 'opened']);
  assert.deepEqual(fact?.data, { ip: '127.0.0.1', user_agent: 'Mozilla/5.0' });
  assert.equal((await ask('GET', decorated().open.replace(/.{5}\.gif/, 'AAAAA.gif'))).statusCode, 404);
  assert.equal(facts.flat().length, 1);
});

test('a click leads on, and a link that was changed leads nowhere', async () => {
  const { click } = decorated();
  const answer = await ask('GET', click);
  assert.equal(answer.statusCode, 302);
  assert.equal(answer.headers['location'], 'https://shop.example/x?a=1&b=%C3%A9');
  assert.equal(answer.headers['set-cookie'], undefined);
  const [fact] = facts.flat();
  assert.equal(fact?.kind, 'clicked');
  assert.equal(fact?.data['url'], 'https://shop.example/x?a=1&b=é');
  for (const wrong of [
    click.replace('shop.example', 'evil.example'),
    `${click}&u=https://evil.example/`,
    click.replace(/\?.*/, ''),
    click.replace(message.id, russian.id),
    '/t/c/x?u=https://evil.example/',
  ]) {
    const refused = await ask('GET', wrong);
    assert.equal(refused.statusCode, 404, wrong);
    assert.equal(refused.headers['location'], undefined);
    assert.doesNotMatch(refused.body, /evil/);
  }
  assert.equal(facts.flat().length, 1);
});

test('machines are led on and not counted', async () => {
  const { click, open } = decorated();
  assert.equal((await ask('HEAD', click)).statusCode, 302);
  assert.equal((await ask('GET', click, { 'sec-purpose': 'prefetch;prerender' })).statusCode, 302);
  assert.equal((await ask('GET', click, { 'user-agent': 'Slackbot-LinkExpanding 1.0' })).statusCode, 302);
  assert.equal((await ask('HEAD', open)).statusCode, 200);
  assert.deepEqual(facts, []);
});

test('many at once are recorded in few calls', async () => {
  const { open } = decorated();
  await Promise.all(Array.from({ length: 100 }, () => ask('GET', open)));
  assert.equal(facts.flat().length, 100);
  assert.ok(facts.length <= 20, `${facts.length} calls`);
});

test('a write that fails is logged and counted, and the click still leads on', async () => {
  fails = true;
  const before = server.faults.length;
  assert.equal((await ask('GET', decorated().click)).statusCode, 302);
  assert.equal(server.faults.length, before + 1);
  const metrics = await server.app.inject({ url: '/metrics' });
  assert.match(metrics.body, /muster_tracking_lost_total\{kind="clicked"\} 1/);
  const refused = await ask('POST', links().unsubscribe, {}, 'confirm=yes');
  assert.equal(refused.statusCode, 503);
  assert.match(refused.body, /not unsubscribed yet/);
});

test('the page asks before it unsubscribes, says whom and from what, and escapes both', async () => {
  const page = await ask('GET', links().unsubscribe);
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /<html lang="en">/);
  assert.match(page.body, /j•••@example\.com get no more messages of “News &lt;b&gt;&amp;&quot;&#39;”/);
  assert.match(page.body, /<form method="post">.*<button type="submit">/);
  assert.ok(page.body.includes(`href="${links().globalUnsubscribe}"`));
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*form-action 'self'/);
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.equal(page.headers['set-cookie'], undefined);
  assert.deepEqual(facts, []);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const done = await ask('POST', links().unsubscribe, form, 'confirm=yes');
  assert.equal(done.statusCode, 200);
  assert.match(done.body, /You are unsubscribed/);
  assert.deepEqual(
    facts.flat().map(({ kind, data }) => [kind, data['one_click']]),
    [['unsubscribed', false]],
  );
});

test('the page speaks the language of the profile, else of the browser', async () => {
  const own = await ask('GET', links(russian).unsubscribe, { 'accept-language': 'en' });
  assert.match(own.body, /<html lang="ru">.*Отписаться/s);
  assert.match(own.body, /&lt;•••@example\.com/);
  const browser = await ask('GET', links().unsubscribe, { 'accept-language': 'de, en;q=0.3, ru;q=0.8' });
  assert.match(browser.body, /<html lang="ru">/);
});

test('one click unsubscribes as a form and as multipart, without a page', async () => {
  const multipart =
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['multipart/form-data; boundary=x', multipart],
  ] as const) {
    const answer = await ask('POST', links().oneClick, { 'content-type': type }, body);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.equal(answer.body, 'unsubscribed\n');
  }
  assert.deepEqual(
    facts.flat().map(({ data }) => data['one_click']),
    [true, true],
  );
});

test('everything has a page of its own, with a mark of its own', async () => {
  const url = links().globalUnsubscribe;
  assert.match((await ask('GET', url)).body, /Unsubscribe from everything<\/button>/);
  assert.match((await ask('POST', url, {}, undefined)).body, /no more messages from us/);
  assert.deepEqual(
    facts.flat().map(({ kind }) => kind),
    ['unsubscribed_everywhere'],
  );
  assert.equal((await ask('POST', url.replace('/ug/', '/u/'))).statusCode, 404);
});

test('a message that is not kept any more, a wrong mark and a large body change nothing', async () => {
  for (const url of [links(gone).unsubscribe, `${links().unsubscribe}x`, '/u/%00']) {
    assert.equal((await ask('GET', url)).statusCode, 404, url);
    assert.equal((await ask('POST', url)).statusCode, 404, url);
  }
  const large = await ask('POST', links().unsubscribe, { 'content-type': 'text/plain' }, 'x'.repeat(5_000));
  assert.equal(large.statusCode, 413);
  assert.deepEqual(facts, []);
});

test('reports come as JSON, form or query, and unknown messages are counted', async () => {
  const url = reportUrl('', server.deps.vault, 1);
  // Messages are the sender's alone: 1 sends them, 2 does not.
  const json = JSON.stringify([
    { sms: { id: 'at-provider-3' }, s: 1 },
    { sms: { id: russian.id }, s: '2' },
    { sms: { id: 'no-such' }, s: 1 },
    { sms: { id: 'at-provider-3' }, s: 0 },
    { s: 1 },
  ]);
  const answer = await ask('POST', url, { 'content-type': 'application/json' }, json);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.deepEqual(answer.json(), {
    ...{ error: 0, error_text: 'Successful operation' },
    ...{ recorded: 2, unknown: 1, ignored: 2 },
  });
  assert.deepEqual(
    facts.flat().map(({ slot, messageId, kind, data }) => [slot, messageId, kind, data]),
    [
      [3, message.id, 'delivered', { reported_id: 'at-provider-3', status: '1' }],
      [4, russian.id, 'undelivered', { reported_id: russian.id, status: '2' }],
    ],
  );
  const mail = reportUrl('', server.deps.vault, 2);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await ask('GET', `${mail}?id=at-provider-3&status=delivered`)).body, 'OK');
  assert.equal((await ask('POST', mail, form, 'id=x&status=hard_bounce')).body, 'OK');
  assert.equal(facts.flat().length, 2);
  await sql`update message set sender_id = 2 where id = ${message.id}`.execute(server.deps.db);
  await ask('GET', `${mail}?id=at-provider-3&status=hard_bounce`);
  await ask('POST', mail, form, `id=${message.id}&status=Complained`);
  assert.deepEqual(
    facts
      .flat()
      .slice(2)
      .map(({ kind }) => kind),
    ['hard_bounce', 'complained'],
  );
});

test('reports need the mark of their sender, and a body that can be read', async () => {
  const url = reportUrl('', server.deps.vault, 1);
  assert.equal((await ask('POST', url.replace('/1/', '/2/'), {}, '{}')).statusCode, 404);
  assert.equal((await ask('POST', reportUrl('', server.deps.vault, 99), {}, '{}')).statusCode, 404);
  assert.equal((await ask('POST', url, {}, '{"id":')).statusCode, 400);
  assert.equal((await ask('POST', url, { 'content-type': 'text/xml' }, '<a/>')).statusCode, 400);
  fails = true;
  const id = { sms: { id: russian.id }, s: '1' };
  assert.equal((await ask('POST', url, {}, JSON.stringify(id))).statusCode, 503);
});
