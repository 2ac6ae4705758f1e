import assert from 'node:assert/strict';
import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MailServer, parseMail, type ReceivedMail } from '../../demo/mail-server.ts';
import { parseBounceAddress } from '../../src/messages/bounce-address.ts';
import type { DeliveryOutcome, SenderChannel } from '../../src/messages/message.ts';
import { openChannel, outgoing, smtpSettings, vault } from './smtp-scene.ts';

const never = new AbortController().signal;

function last(server: MailServer): ReceivedMail {
  const mail = server.mails.at(-1);
  assert.ok(mail);
  return mail;
}

function headersOf(mail: ReceivedMail): string {
  const text = mail.bytes.toString('latin1');
  return text.slice(0, text.indexOf('\r\n\r\n') + 2);
}

describe('a message', () => {
  let server: MailServer;
  let channel: SenderChannel;
  before(async () => {
    server = await MailServer.start();
    channel = openChannel(smtpSettings(server.port));
  });
  after(async () => {
    await channel.close();
    await server.stop();
  });

  test('reaches the server with subject, both parts, names in Cyrillic and its own Message-ID', async () => {
    const outcome = await channel.send(outgoing(1), never);
    assert.equal(outcome.kind, 'accepted');
    assert.match(outcome.kind === 'accepted' ? outcome.answer : '', /^250 .*queued as/);
    const mail = await parseMail(last(server));
    assert.equal(mail.subject, 'Привет, Анна');
    assert.deepEqual(mail.from?.value, [{ address: 'shop@example.com', name: 'Магазин «Ёлка»' }]);
    assert.equal(mail.messageId, '<5.000000000000000000000001@example.com>');
    assert.equal(mail.date?.toISOString(), '2026-03-02T10:00:00.000Z');
    assert.equal(mail.text?.trim(), 'Здравствуйте, Анна!');
    assert.match(mail.html || '', /<b>Анна<\/b>/);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(mail.headers.get('x-mailer'), undefined);
    assert.deepEqual([last(server).from, last(server).to], ['shop@example.com', ['nobody@example.net']]);
    assert.doesNotMatch(headersOf(last(server)), /[^\x00-\x7f]/);
  });

  test('keeps the text part of its template; without one it has that of the HTML, a line for each row of a table', async () => {
    await channel.send(outgoing(2, { content: { text: 'Own text' } }), never);
    assert.equal((await parseMail(last(server))).text?.trim(), 'Own text');
    await channel.send(outgoing(3, { content: { html: '', text: 'Only text' } }), never);
    assert.match(headersOf(last(server)), /^Content-Type: text\/plain; charset=utf-8/m);
    const html = '<table><tr><td>1</td><td>Tea</td></tr><tr><th>2</th><td>Honey</td></tr></table><p>Free</p>';
    await channel.send(outgoing(30, { content: { html, text: '' } }), never);
    assert.equal((await parseMail(last(server))).text?.trim(), '1 Tea\n2 Honey\n\nFree');
  });

  test('has the same bytes on every try', async () => {
    const one = outgoing(4, { content: { unsubscribeUrl: 'https://example.com/u/1' } });
    await channel.send(one, never);
    const first = last(server).bytes;
    await channel.send({ ...one, attempts: 1 }, never);
    assert.ok(first.equals(last(server).bytes));
    assert.ok(first.includes('boundary='));
  });

  test('that may be unsubscribed from says so by RFC 8058, any other does not', async () => {
    await channel.send(outgoing(5, { content: { unsubscribeUrl: 'https://example.com/u/abc' } }), never);
    assert.match(headersOf(last(server)), /^List-Unsubscribe: <https:\/\/example\.com\/u\/abc>\r$/im);
    assert.match(headersOf(last(server)), /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/im);
    await channel.send(outgoing(6), never);
    assert.doesNotMatch(headersOf(last(server)), /^List-Unsubscribe/im);
  });

  test('cannot be given a second recipient or header by its address or its values', async () => {
    const content = {
      subject: 'Hi\r\nBcc: eve@example.org',
      headers: { 'x-tag': 'a\r\nBcc: eve@example.org' },
    };
    await channel.send(outgoing(7, { content }), never);
    assert.doesNotMatch(headersOf(last(server)), /^Bcc/im);
    const { accepted } = server.figures;
    for (const address of [
      'a@example.net, eve@example.org',
      '<eve@example.org>',
      'eve@example.org;a@b.c',
      'eve',
    ]) {
      const outcome = await channel.send(outgoing(8, { address }), never);
      assert.deepEqual(outcome, {
        kind: 'permanent',
        reason: 'the address is not that of one mailbox',
        badAddress: true,
      });
    }
    assert.equal(server.figures.accepted, accepted);
  });
});

test('attachments are sent by their names, read piece by piece; one that is gone or too large is told', async (t) => {
  const server = await MailServer.start();
  t.after(() => server.stop());
  const bytes = Buffer.from('%PDF-1.7 счёт');
  const files: Record<string, { size: number; pieces: AsyncIterable<Buffer> }> = {
    bill: { size: bytes.length, pieces: piecesOf([bytes.subarray(0, 5), bytes.subarray(5)]) },
    huge: { size: 30_000_000, pieces: piecesOf([]) },
  };
  const channel = openChannel(smtpSettings(server.port), { openFile: async (id) => files[id] });
  const attach = (fileId: string) => {
    const attachments = [{ fileId, name: 'Счёт № 5.pdf', mimetype: 'application/pdf' }];
    return channel.send(outgoing(1, { content: { attachments } }), never);
  };
  assert.equal((await attach('bill')).kind, 'accepted');
  const first = last(server).bytes;
  const [attachment] = (await parseMail(last(server))).attachments;
  assert.equal(attachment?.filename, 'Счёт № 5.pdf');
  assert.equal(attachment?.contentType, 'application/pdf');
  assert.ok(attachment?.content.equals(bytes));
  assert.equal((await attach('bill')).kind, 'accepted');
  assert.ok(first.equals(last(server).bytes));
  assert.deepEqual(await attach('gone'), {
    kind: 'permanent',
    reason: 'the attached file Счёт № 5.pdf is not stored any more',
    badAddress: false,
  });
  const refused = await attach('huge');
  assert.match(refused.kind === 'permanent' ? refused.reason : '', /^the message has 300000\d\d bytes/);
  await channel.close();
});

function piecesOf(pieces: readonly Buffer[]): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]: async function* () {
      yield* pieces;
    },
  };
}

test('the DKIM signature holds for what the server got, and covers what unsubscribes', async (t) => {
  const server = await MailServer.start();
  t.after(() => server.stop());
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const settings = smtpSettings(server.port, { dkim: { domain: 'example.com', selector: 's1' } });
  const channel = openChannel(settings, { secrets: { dkim_private_key: pem } });
  await channel.send(outgoing(1, { content: { unsubscribeUrl: 'https://example.com/u/1' } }), never);
  const { bytes } = last(server);
  const [head = '', body = ''] = splitMail(bytes.toString('latin1'));
  const fields = unfold(head);
  const signature = fields.find(([name]) => name === 'dkim-signature')?.[1] ?? '';
  const tags = Object.fromEntries(
    signature.split(';').map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).replace(/\s/g, '')];
    }),
  );
  assert.deepEqual([tags['d'], tags['s'], tags['c']], ['example.com', 's1', 'relaxed/relaxed']);
  const relaxedBody = `${body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)+$/, '')}\r\n`;
  assert.equal(createHash('sha256').update(relaxedBody, 'latin1').digest('base64'), tags['bh']);
  const signed = (tags['h'] ?? '').split(':');
  for (const name of ['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']) {
    assert.ok(signed.includes(name), name);
  }
  const relax = (value: string): string => value.replace(/[ \t]+/g, ' ').trim();
  const lines = signed.map((name) => `${name}:${relax(fields.find(([key]) => key === name)?.[1] ?? '')}\r\n`);
  const unsigned = `dkim-signature:${relax(signature.replace(/(\bb=)[\s\S]*$/, '$1'))}`;
  const verifier = createVerify('RSA-SHA256').update(lines.join('') + unsigned, 'latin1');
  assert.ok(verifier.verify(publicKey, tags['b'] ?? '', 'base64'));
  await channel.close();
});

function splitMail(text: string): string[] {
  const at = text.indexOf('\r\n\r\n');
  return [text.slice(0, at), text.slice(at + 4)];
}

function unfold(head: string): [string, string][] {
  return head
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1)]);
}

test('the envelope sender is the bounce address of the message, which only this server can make', async (t) => {
  const server = await MailServer.start();
  t.after(() => server.stop());
  const channel = openChannel(smtpSettings(server.port, { envelopeFrom: '@bounces.example.com' }));
  await channel.send(outgoing(255), never);
  const { from } = last(server);
  const message = { slot: 5, id: '0000000000000000000000ff' };
  assert.match(from, /^bounce\+5-0000000000000000000000ff-[a-z0-9_-]{12}@bounces\.example\.com$/);
  assert.deepEqual(parseBounceAddress(vault, from), message);
  assert.deepEqual(parseBounceAddress(vault, from.toUpperCase()), message);
  const made = from.replace('5-0', '6-0');
  assert.deepEqual(
    [made, 'bounce+5-0@x', 'shop@example.com', ''].map((text) => parseBounceAddress(vault, text)),
    [undefined, undefined, undefined, undefined],
  );
  await channel.close();
});

describe('the outcome of a try', () => {
  let server: MailServer;
  let channel: SenderChannel;
  before(async () => {
    server = await MailServer.start();
    channel = openChannel(smtpSettings(server.port, { pool: 1 }));
  });
  after(async () => {
    await channel.close();
    await server.stop();
  });
  const short = (outcome: DeliveryOutcome): string => {
    if (outcome.kind === 'temporary') return `temporary ${outcome.afterMs} ${outcome.unreachable}`;
    return outcome.kind === 'permanent' ? `permanent ${outcome.badAddress}` : outcome.kind;
  };

  test('follows the reply to the recipient and to the message; the connection goes on', async () => {
    await channel.send(outgoing(1), never);
    const { connections } = server.figures;
    server.play({ at: 'recipient', reply: '451 4.7.1 Greylisted, try again in 120 seconds' });
    assert.equal(short(await channel.send(outgoing(2), never)), 'temporary 120000 false');
    server.play({ at: 'recipient', reply: '550 5.1.1 User unknown' });
    assert.equal(short(await channel.send(outgoing(3), never)), 'permanent true');
    server.play({ at: 'message', reply: '554 5.7.1 Message rejected as spam' });
    assert.equal(short(await channel.send(outgoing(4), never)), 'permanent false');
    assert.equal(short(await channel.send(outgoing(5), never)), 'accepted');
    assert.equal(server.figures.connections, connections);
  });

  test('is temporary when the connection ends before the message, unknown when it ends after it', async () => {
    server.play({ at: 'recipient', how: 'drop' });
    const fresh = openChannel(smtpSettings(server.port));
    assert.equal(short(await fresh.send(outgoing(6), never)), 'temporary null true');
    await fresh.close();
    const { accepted } = server.figures;
    server.play({ at: 'message', how: 'drop' });
    assert.equal(short(await channel.send(outgoing(7), never)), 'unknown');
    // Nobody has sent it again behind our back.
    assert.equal(server.figures.accepted, accepted);
    assert.equal(short(await channel.send(outgoing(8), never)), 'accepted');
  });

  test('after an abort depends on how much was sent', async () => {
    const stopping = new AbortController();
    server.play({ at: 'message', how: 'hang' });
    const arrived = server.untilTrick();
    const sending = channel.send(outgoing(9), stopping.signal);
    await arrived;
    stopping.abort();
    assert.equal(short(await sending), 'unknown');
    assert.equal(short(await channel.send(outgoing(10), AbortSignal.abort())), 'temporary null false');
  });

  test('is temporary and counts against the server when nobody listens', async () => {
    const gone = await MailServer.start();
    const { port } = gone;
    await gone.stop();
    const lost = openChannel(smtpSettings(port));
    assert.equal(short(await lost.send(outgoing(11), never)), 'temporary null true');
    await lost.close();
    assert.equal(short(await lost.send(outgoing(12), never)), 'temporary null false');
  });
});

test('a refused login is a fault of the sender, not of the message', async (t) => {
  const server = await MailServer.start({ login: { user: 'shop', password: 'right' } });
  t.after(() => server.stop());
  const settings = smtpSettings(server.port, { user: 'shop' });
  const wrong = openChannel(settings, { secrets: { password: 'wrong' } });
  const outcome = await wrong.send(outgoing(1), never);
  assert.deepEqual(outcome.kind === 'temporary' && outcome.unreachable, true);
  assert.match(outcome.kind === 'temporary' ? outcome.reason : '', /^the login is refused: 535 5\.7\.8/);
  const right = openChannel(settings, { secrets: { password: 'right' } });
  assert.equal((await right.send(outgoing(1), never)).kind, 'accepted');
  await wrong.close();
  await right.close();
});

test('no more connections than the pool has, and a new one after so many messages', async (t) => {
  const server = await MailServer.start();
  t.after(() => server.stop());
  const channel = openChannel(smtpSettings(server.port, { pool: 2, messagesPerConnection: 3 }));
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, index) => channel.send(outgoing(index), never)),
  );
  assert.deepEqual(new Set(sent.map(({ kind }) => kind)), new Set(['accepted']));
  const byConnection = new Map<number, number>();
  for (const { connection } of server.mails) {
    byConnection.set(connection, (byConnection.get(connection) ?? 0) + 1);
  }
  assert.ok([...byConnection.values()].every((count) => count <= 3));
  assert.equal(server.mails.length, 12);
  await channel.close();
});

test('a certificate that nobody vouches for is refused, unless the sender says otherwise', async (t) => {
  for (const [tls, secure] of [
    ['implicit', 'tls'],
    ['starttls', 'starttls'],
  ] as const) {
    const server = await MailServer.start({ tls });
    t.after(() => server.stop());
    const strict = openChannel(smtpSettings(server.port, { secure }));
    const outcome = await strict.send(outgoing(1), never);
    assert.deepEqual(
      [outcome.kind, outcome.kind === 'temporary' && outcome.unreachable],
      ['temporary', true],
    );
    assert.match(outcome.kind === 'temporary' ? outcome.reason : '', /certificate/);
    await strict.close();
    const lax = openChannel(smtpSettings(server.port, { secure, tlsRejectUnauthorized: false }));
    assert.equal((await lax.send(outgoing(1), never)).kind, 'accepted');
    await lax.close();
  }
  const plain = await MailServer.start();
  t.after(() => plain.stop());
  const strict = openChannel(smtpSettings(plain.port, { secure: 'starttls' }));
  assert.equal((await strict.send(outgoing(1), never)).kind, 'temporary');
  assert.equal(plain.figures.accepted, 0);
  await strict.close();
});

test('a server that greylists and refuses some addresses does so by the address alone', async (t) => {
  const server = await MailServer.start({ greylistOneIn: 3, refuseOneIn: 5 });
  t.after(() => server.stop());
  const channel = openChannel(smtpSettings(server.port));
  const kinds = async (): Promise<string[]> => {
    const sent = Array.from({ length: 30 }, (_, index) =>
      channel.send(outgoing(index, { address: `p${index}@example.net` }), never),
    );
    return (await Promise.all(sent)).map(({ kind }) => kind);
  };
  const first = await kinds();
  assert.deepEqual(new Set(first), new Set(['accepted', 'temporary', 'permanent']));
  const second = first.map((kind) => (kind === 'temporary' ? 'accepted' : kind));
  assert.deepEqual(await kinds(), second);
  await channel.close();
});
