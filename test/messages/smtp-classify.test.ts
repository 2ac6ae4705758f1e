import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyFault, type SmtpFault } from '../../src/messages/channels/smtp/classify.ts';

const MINUTE = 60_000;

function judge(response: string, changes: Partial<SmtpFault> = {}): string {
  const outcome = classifyFault({
    code: 'EENVELOPE',
    message: 'refused',
    response,
    wholeSent: false,
    ...changes,
  });
  if (outcome.kind === 'temporary') {
    return `temporary ${outcome.afterMs ?? '-'}${outcome.unreachable ? ' unreachable' : ''}`;
  }
  if (outcome.kind === 'permanent') return outcome.badAddress ? 'bad address' : 'refused';
  return outcome.kind;
}

/** What servers say in fact. */
const replies: readonly [string, string][] = [
  // Postfix
  [
    '450 4.2.0 <a@b.c>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/b.c.html',
    `temporary ${5 * MINUTE}`,
  ],
  [
    '450 4.2.0 <a@b.c>: Recipient address rejected: Greylisted for 300 seconds (see https://example.org)',
    `temporary ${5 * MINUTE}`,
  ],
  [
    '450 4.7.1 <a@b.c>: Recipient address rejected: Greylisting in action, please come back in 00:04:12',
    'temporary 252000',
  ],
  [
    '450 4.1.1 <a@b.c>: Recipient address rejected: unverified address: Address verification in progress',
    'temporary -',
  ],
  ['451 4.3.0 <a@b.c>: Temporary lookup failure', 'temporary -'],
  ['452 4.3.1 Insufficient system storage', 'temporary -'],
  ['452 4.2.2 Mailbox full', `temporary ${60 * MINUTE}`],
  ['421 4.7.0 mx.example.com Error: too many errors', 'temporary - unreachable'],
  ['550 5.1.1 <a@b.c>: Recipient address rejected: User unknown in virtual mailbox table', 'bad address'],
  ['550 5.1.1 <a@b.c>: Recipient address rejected: User unknown in local recipient table', 'bad address'],
  ['554 5.7.1 <a@b.c>: Relay access denied', 'refused'],
  ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'refused'],
  ['552 5.3.4 Message size exceeds fixed limit', 'refused'],
  ['550 5.1.8 <shop@example.com>: Sender address rejected: Domain not found', 'refused'],
  // Exim
  ['550 Unrouteable address', 'bad address'],
  ['550 No Such User Here', 'bad address'],
  ['550-Verification failed for <a@b.c>\n550 No such person at this address', 'bad address'],
  ['451 Temporary local problem - please try later', `temporary ${5 * MINUTE}`],
  ['451-Greylisted, please try again in 600 seconds', `temporary ${10 * MINUTE}`],
  ['552 Message size exceeds maximum permitted', 'refused'],
  ['550 relay not permitted', 'refused'],
  ['550 This message was classified as SPAM and may not be delivered', 'refused'],
  // Exchange and Outlook
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', 'bad address'],
  ['550 5.4.1 Recipient address rejected: Access denied. AS(201806281)', 'refused'],
  ['550 5.7.606 Access denied, banned sending IP [192.0.2.1]', 'refused'],
  ['550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).', 'bad address'],
  [
    '451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712200)',
    `temporary ${5 * MINUTE}`,
  ],
  ['452 4.5.3 Too many recipients', 'temporary -'],
  ['554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException', 'refused'],
  // Gmail
  [
    '550-5.1.1 The email account that you tried to reach does not exist. Please try\n550 5.1.1 double-checking',
    'bad address',
  ],
  [
    '550-5.2.1 The email account that you tried to reach is disabled.\n550 5.2.1 https://support.google.com',
    'bad address',
  ],
  ['552-5.2.2 The email account that you tried to reach is over quota.\n552 5.2.2 directly', 'refused'],
  [
    '452-4.2.2 The email account that you tried to reach is over quota.\n452 4.2.2 directly',
    `temporary ${60 * MINUTE}`,
  ],
  [
    '421-4.7.0 Our system has detected an unusual rate of unsolicited mail originating from your IP',
    'temporary - unreachable',
  ],
  ['450-4.2.1 The user you are trying to contact is receiving mail at a rate that', 'temporary -'],
  ['550-5.7.26 This mail has been blocked because the sender is unauthenticated.', 'refused'],
  ['552-5.2.3 Your message exceeded size limits', 'refused'],
  // Yandex
  ['550 5.7.1 No such user!', 'refused'],
  ['550 5.1.1 No such user! 1699999999-xYz', 'bad address'],
  ['554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc', 'refused'],
  [
    '451 4.7.1 Sorry, the service is currently unavailable. Please come back later.',
    `temporary ${5 * MINUTE}`,
  ],
  ['450 4.2.1 The recipient has exceeded message rate limit. Try again later.', `temporary ${5 * MINUTE}`],
  // Mail.ru
  [
    '550 Message was not accepted -- invalid mailbox. Local mailbox a@mail.ru is unavailable: user not found',
    'bad address',
  ],
  [
    '550 Message was not accepted -- invalid mailbox. Local mailbox a@mail.ru is unavailable: account is disabled',
    'bad address',
  ],
  ['550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abc', 'refused'],
  ['451 Try again later', `temporary ${5 * MINUTE}`],
  ['452 Mailbox is full', `temporary ${60 * MINUTE}`],
  [
    '421 4.7.1 Too many connections from your IP, try again in 2 minutes',
    `temporary ${2 * MINUTE} unreachable`,
  ],
  // A login
  ['535 5.7.8 Error: authentication failed', 'temporary - unreachable'],
  ['530 5.7.0 Must issue a STARTTLS command first', 'temporary - unreachable'],
  ['454 4.7.0 Temporary authentication failure', 'temporary - unreachable'],
];

test('every reply of the table is understood', () => {
  const wrong = replies
    .map(([reply, expected]) => ({ reply, expected, got: judge(reply) }))
    .filter(({ expected, got }) => expected !== got);
  assert.deepEqual(wrong, []);
});

test('without a reply the kind of fault and what was sent decide', () => {
  const none = { response: undefined };
  const cases: readonly [Partial<SmtpFault>, string][] = [
    [{ code: 'ESOCKET', message: 'connect ECONNREFUSED' }, 'temporary - unreachable'],
    [{ code: 'EDNS' }, 'temporary - unreachable'],
    [{ code: 'ETIMEDOUT' }, 'temporary - unreachable'],
    [{ code: 'ETLS' }, 'temporary - unreachable'],
    [{ code: 'EAUTH' }, 'temporary - unreachable'],
    [{ code: 'ESTREAM' }, 'temporary -'],
    [{ code: 'EABORT' }, 'temporary -'],
    [{ code: 'EENVELOPE', message: 'Invalid recipient' }, 'bad address'],
    [{ code: 'ECONNECTION', wholeSent: true }, 'unknown'],
    [{ code: 'ETIMEDOUT', wholeSent: true }, 'unknown'],
    [{ code: 'EABORT', wholeSent: true }, 'unknown'],
  ];
  for (const [fault, expected] of cases) {
    assert.equal(judge('', { ...none, ...fault }), expected, JSON.stringify(fault));
  }
});

test('a reply after the whole message is an answer; a session out of step is none', () => {
  assert.equal(judge('554 5.7.1 Spam', { code: 'EMESSAGE', wholeSent: true }), 'refused');
  assert.equal(judge('451 4.3.0 Error', { code: 'EMESSAGE', wholeSent: true }), 'temporary -');
  assert.equal(
    judge('421 4.3.2 Shutting down', { code: 'ECONNECTION', wholeSent: true }),
    'temporary - unreachable',
  );
  assert.equal(judge('503 Bad sequence of commands'), 'temporary - unreachable');
  assert.equal(judge('554 No SMTP service here', { code: 'EPROTOCOL' }), 'temporary - unreachable');
  assert.equal(judge('454 4.7.0 TLS not available', { code: 'ETLS' }), 'temporary - unreachable');
});
