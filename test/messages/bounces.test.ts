import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { ManualClock, newUuid, type Signals } from '../../src/base/index.ts';
import type { Db } from '../../src/db/index.ts';
import { claimMailbox } from '../../src/messages/bounces/sql/claim-mailbox.ts';
import { settleMailbox } from '../../src/messages/bounces/sql/settle-mailbox.ts';
import {
  createMailboxPoller,
  type Fact,
  findMailboxState,
  judgeReturned,
  type MessageRef,
  parseBounceSettings,
} from '../../src/messages/index.ts';
import { createVault } from '../../src/vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { type ImapServer, startImapServer } from './imap-server.ts';
import { complaint, mailOf, statusReport } from './returned-mails.ts';

const ID = '0123456789abcdef01234567';
const NOW = new Date('2026-03-02T10:00:00Z');
const ADDRESS = `bounce+3-${ID}-abcdefghijkl@m.example`;

async function judge(raw: string) {
  return await judgeReturned(Buffer.from(raw));
}

async function kindOfStatus(status: string, diagnostic = 'smtp; nothing'): Promise<string> {
  const fields = [
    'Final-Recipient: rfc822; john@x.example',
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: ${diagnostic}`,
  ];
  return (await judge(statusReport({ recipients: [fields] }))).kind;
}

test('a status report says who was not reached, why, and which message it was', async () => {
  const returned = await judge(
    statusReport({
      to: ADDRESS,
      recipients: [
        ['Final-Recipient: rfc822; other@x.example', 'Action: delivered', 'Status: 2.0.0'],
        [
          'Original-Recipient: rfc822; john@x.example',
          'Final-Recipient: rfc822; jd@x.example',
          'Action: FAILED',
          'Status: 5.1.1 (no such user)',
          'Diagnostic-Code: smtp; 550 5.1.1\n  no such\n\tuser',
        ],
      ],
    }),
  );
  assert.deepEqual(returned, {
    kind: 'hard_bounce',
    status: '5.1.1',
    reason: '550 5.1.1 no such user',
    recipient: 'john@x.example',
    addresses: [ADDRESS],
    messageIds: ['<lost@m.example>'],
  });
});

test('only what says that there is no such address is a hard bounce', async () => {
  for (const status of ['5.1.1', '5.1.2', '5.1.10', '5.2.1', '5.0.0']) {
    assert.equal(await kindOfStatus(status), 'hard_bounce', status);
  }
  for (const status of ['5.2.2', '5.7.1', '5.4.4', '5.3.0', '4.4.7', '4.2.2']) {
    assert.equal(await kindOfStatus(status), 'soft_bounce', status);
  }
  assert.equal(await kindOfStatus('5.0.0', 'smtp; 552 5.2.2 mailbox full'), 'soft_bounce');
  assert.equal(await kindOfStatus('5.0.0', 'smtp; 550 no such user'), 'hard_bounce');
  const delayed = ['Final-Recipient: rfc822; a@x.example', 'Action: delayed', 'Status: 5.1.1'];
  assert.equal((await judge(statusReport({ recipients: [delayed] }))).kind, 'soft_bounce');
  const relayed = ['Final-Recipient: rfc822; a@x.example', 'Action: relayed', 'Status: 2.1.9'];
  assert.equal((await judge(statusReport({ recipients: [relayed] }))).kind, 'unknown');
});

test('complaints are told from other feedback', async () => {
  const returned = await judge(complaint('abuse', ADDRESS));
  assert.equal(returned.kind, 'complained');
  assert.equal(returned.reason, 'abuse');
  assert.deepEqual(returned.addresses, [ADDRESS]);
  assert.deepEqual(returned.messageIds, ['<complained@m.example>']);
  assert.equal((await judge(complaint('not-spam', ADDRESS))).kind, 'unknown');
});

test('answers of persons are told from those of machines', async () => {
  const person = ['From: John <john@x.example>', 'To: news@m.example', 'Subject: Re: News'];
  const answered = [
    ...person,
    'In-Reply-To: <sent@m.example>',
    'References: <first@m.example>\n <sent@m.example>',
  ];
  const reply = await judge(mailOf(answered, 'Thank you!'));
  assert.equal(reply.kind, 'replied');
  assert.deepEqual(reply.messageIds, ['<sent@m.example>', '<first@m.example>']);
  for (const header of ['Auto-Submitted: auto-replied', 'Precedence: bulk', 'X-Autoreply: yes']) {
    assert.equal((await judge(mailOf([...answered, header], 'I am away'))).kind, 'auto_reply', header);
  }
  const away = [...answered.filter((line) => !line.startsWith('Subject')), 'Subject: Out of office: News'];
  assert.equal((await judge(mailOf(away, 'x'))).kind, 'auto_reply');
  assert.equal((await judge(mailOf([...answered, 'Auto-Submitted: no'], 'x'))).kind, 'replied');
  assert.equal((await judge(mailOf(person, 'buy now'))).kind, 'unknown');
});

test('notices in words are read by their codes', async () => {
  const from = ['From: MAILER-DAEMON@old.example', `To: ${ADDRESS}`, 'Subject: failure notice'];
  const notice = await judge(mailOf(from, 'Sorry:\n<john@x.example>:\n550 5.1.1 unknown user\n'));
  assert.deepEqual(
    [notice.kind, notice.status, notice.reason],
    ['hard_bounce', '5.1.1', '550 5.1.1 unknown user'],
  );
  assert.equal((await judge(mailOf(from, 'host said: 452 too full'))).kind, 'soft_bounce');
  assert.equal((await judge(mailOf(from, 'no idea'))).kind, 'unknown');
});

test('broken mails are judged too', async () => {
  const whole = statusReport({ to: ADDRESS, recipients: [['Action: failed', 'Status: 5.1.1']] });
  for (let length = 0; length < whole.length; length += 37) {
    const { kind } = await judge(whole.slice(0, length));
    assert.ok(['unknown', 'auto_reply', 'hard_bounce'].includes(kind), kind);
  }
  assert.equal((await judgeReturned(Buffer.from([0xff, 0, 0xfe, 13, 10]))).kind, 'unknown');
});

test('settings of a mailbox name what is wrong', () => {
  const parsed = parseBounceSettings({ host: 'imap.example', user: 'u' });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value, {
    ...{ host: 'imap.example', port: 993, secure: true, user: 'u', folder: 'INBOX', moveTo: null },
  });
  const wrong = parseBounceSettings({ host: '', port: 0, secure: 1, user: 'a\r\nb' });
  assert.deepEqual(wrong.ok ? [] : wrong.error.map(({ path }) => path), [
    'bounce.secure',
    'bounce.port',
    'bounce.host',
    'bounce.user',
  ]);
});

const vault = createVault(Buffer.alloc(32, 3));
let database: TestDatabase;
let db: Db;
let imap: ImapServer;
let facts: Fact[] = [];

before(async () => {
  database = await createTestDatabase();
  db = database.db;
  imap = await startImapServer('pass word');
});
after(async () => {
  await imap.stop();
  await database.drop();
});
beforeEach(async () => {
  facts = [];
  imap.mails.length = 0;
  await sql`delete from bounce_mailbox`.execute(db);
  await sql`delete from sender`.execute(db);
});

function parseAddress(address: string): MessageRef | undefined {
  return address === ADDRESS ? { slot: 3, id: ID } : undefined;
}

function parseMessageId(messageId: string): MessageRef | undefined {
  return messageId === '<sent@m.example>' ? { slot: 4, id: ID } : undefined;
}

async function addSender(password: string, more: object = {}): Promise<number> {
  const bounce = { host: '127.0.0.1', port: imap.port, secure: false, user: 'bounces', ...more };
  const secrets = vault.seal(JSON.stringify({ bounce_password: password }));
  const { rows } = await sql<{ id: number }>`
    insert into sender (name, channel, settings, secrets, created_at, updated_at)
    values ('mail', 'email', ${JSON.stringify({ bounce })}::jsonb, ${secrets}, now(), now()) returning id`.execute(
    db,
  );
  return rows[0]?.id ?? 0;
}

function addMail(uid: number, raw: string): void {
  imap.mails.push({ uid, raw, folder: 'INBOX', seen: false });
}

function createPoller(clock: ManualClock, signals: Signals, logged: unknown[]) {
  const note = (fields: unknown): void => {
    logged.push(fields);
  };
  const log = { debug: () => {}, info: () => {}, error: note, warn: note };
  return createMailboxPoller({
    ...{ db, clock, signals, log, vault, parseAddress, parseMessageId },
    recordFacts: async (batch) => {
      facts.push(...batch);
    },
  });
}

/** Lets the loop run until it finds nothing due. The first claim only enters new senders. */
async function poll(clock: ManualClock, logged: unknown[] = []): Promise<void> {
  const signals = createTestSignals();
  const poller = createPoller(clock, signals, logged);
  const entered = signals.until('mailbox', 'idle');
  await poller.start();
  await entered;
  const idle = signals.until('mailbox', 'idle');
  poller.wake();
  await idle;
  await poller.stop();
}

test('one process at a time reads a mailbox, and one that was late settles nothing', async () => {
  const senderId = await addSender('pass word');
  const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
  const claim = (token: string, seconds: number) =>
    claimMailbox(db, { token, now: at(seconds), leaseSeconds: 60 }).then((claimed) => claimed?.senderId);
  const [first, second] = [newUuid(), newUuid()];
  assert.equal(await claim(first, 0), undefined);
  assert.deepEqual(await Promise.all([claim(first, 0), claim(first, 0)]).then((ids) => ids.toSorted()), [
    senderId,
    undefined,
  ]);
  assert.equal(await claim(second, 59), undefined);
  assert.equal(await claim(second, 60), senderId);
  const late = { senderId, token: first, dueAt: at(0), error: 'late', mails: 1, facts: 1 };
  await settleMailbox(db, late, at(61));
  assert.equal((await findMailboxState(db, senderId))?.lastChecked, null);
});

test('a server that does not answer does not hold up the stop', { timeout: 30_000 }, async () => {
  const senderId = await addSender('pass word', { user: 'silent' });
  const logged: unknown[] = [];
  const signals = createTestSignals();
  const poller = createPoller(new ManualClock(NOW), signals, logged);
  const entered = signals.until('mailbox', 'idle');
  await poller.start();
  await entered;
  poller.wake();
  await imap.silenced;
  await poller.stop();
  assert.equal((await findMailboxState(db, senderId))?.lastError, null);
  assert.deepEqual(logged, []);
});

test('a mailbox is read, recorded and marked, and what is not about us stays out', {
  timeout: 30_000,
}, async () => {
  const senderId = await addSender('pass word', { move_to: 'Done' });
  addMail(
    5,
    statusReport({
      to: ADDRESS,
      recipients: [['Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; no']],
    }),
  );
  addMail(7, mailOf(['From: j@x.example', 'Subject: Re: x', 'In-Reply-To: <sent@m.example>'], 'Hi'));
  addMail(8, statusReport({ to: 'bounce+3-x@m.example', recipients: [['Action: failed', 'Status: 5.1.1']] }));
  addMail(9, mailOf(['From: j@x.example', 'Subject: x'], 'buy'));
  const clock = new ManualClock(NOW);
  await poll(clock);
  assert.deepEqual(
    facts.map(({ slot, messageId, kind, data }) => [slot, messageId, kind, data]),
    [
      [3, ID, 'hard_bounce', { status: '5.1.1', reason: 'no' }],
      [4, ID, 'replied', { reason: 'Re: x' }],
    ],
  );
  assert.deepEqual(
    imap.mails.map(({ seen, folder }) => [seen, folder]),
    Array(4).fill([true, 'Done']),
  );
  assert.deepEqual(await findMailboxState(db, senderId), {
    ...{ lastChecked: clock.now(), lastError: null, mails: 4, facts: 2 },
  });
  // Not before the minute is over.
  addMail(10, complaint('abuse', ADDRESS));
  await poll(clock);
  assert.equal(facts.length, 2);
  clock.advance(60_000);
  await poll(clock);
  assert.equal(facts.at(-1)?.kind, 'complained');
  assert.ok(!imap.verbs.includes('IDLE'));
});

test('mails that cannot be moved are told by the sender; what they said is recorded all the same', {
  timeout: 30_000,
}, async () => {
  const senderId = await addSender('pass word', { move_to: 'forbidden' });
  addMail(11, statusReport({ to: ADDRESS, recipients: [['Action: failed', 'Status: 5.1.1']] }));
  await poll(new ManualClock(NOW), []);
  assert.deepEqual(
    facts.map(({ kind }) => kind),
    ['hard_bounce'],
  );
  assert.match((await findMailboxState(db, senderId))?.lastError ?? '', /forbidden|not yours/);
});

test('a refused login and a missing folder are told by the sender, without the password', {
  timeout: 30_000,
}, async () => {
  const wrong = await addSender('other secret');
  const missing = await addSender('pass word', { folder: 'Nowhere' });
  const none = await addSender('pass word');
  await sql`update sender set secrets = null where id = ${none}`.execute(db);
  const logged: unknown[] = [];
  await poll(new ManualClock(NOW), logged);
  assert.match((await findMailboxState(db, wrong))?.lastError ?? '', /^the server refused the login/);
  assert.match((await findMailboxState(db, missing))?.lastError ?? '', /no such folder/);
  assert.equal((await findMailboxState(db, none))?.lastError, 'the sender has no bounce.password');
  assert.equal(logged.length, 3);
  assert.doesNotMatch(JSON.stringify(logged), /secret|pass word/);
});
