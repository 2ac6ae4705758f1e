import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { ManualClock } from '../../src/base/index.ts';
import {
  createFactGatherer,
  decorate,
  type Fact,
  linksOf,
  maskAddress,
  publicUrlOf,
  readKey,
} from '../../src/messages/index.ts';
import { createVault } from '../../src/vault/index.ts';

const vault = createVault(Buffer.alloc(32, 1));
const publicUrl = 'https://m.example';
const message = { slot: 7, id: '0123456789abcdef01234567' };
const other = { slot: 7, id: '0123456789abcdef01234568' };
const empty = { subject: 's', html: '', text: 'see http://a.example/', headers: {}, attachments: [] };

function decorateHtml(html: string, options: { trackOpens?: boolean; trackClicks?: boolean } = {}): string {
  const content = { ...empty, html, unsubscribeUrl: linksOf(publicUrl, vault, message).unsubscribe };
  const all = { trackOpens: false, trackClicks: true, publicUrl, vault, ...options };
  const decorated = decorate(content, message, all);
  assert.equal(decorated.text, empty.text);
  return decorated.html;
}

/** Tags with their attributes, texts and comments, in order. */
function eventsOf(html: string, keepsHref: boolean): string[] {
  const events: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const isLink = name === 'a' || name === 'area';
      const kept = Object.entries(attributes).filter(([key]) => keepsHref || !(isLink && key === 'href'));
      events.push(`<${name} ${JSON.stringify(kept)}`);
    },
    onclosetag: (name, isImplied) => events.push(`</${name} ${isImplied}`),
    ontext: (text) => events.push(text),
    oncomment: (text) => events.push(`<!--${text}`),
  });
  parser.end(html);
  return events;
}

function linksIn(html: string): string[] {
  const links: string[] = [];
  const parser = new Parser({
    onopentag: (name, { href }) => {
      if ((name === 'a' || name === 'area') && href !== undefined) links.push(href);
    },
  });
  parser.end(html);
  return links;
}

/** Where a link of a decorated message leads; the link itself when it is not tracked. */
function targetOf(link: string): string {
  const [, key, encoded] = /^https:\/\/m\.example\/t\/c\/([^?]+)\?u=(.*)$/.exec(link) ?? [];
  if (key === undefined || encoded === undefined) return link;
  const url = decodeURIComponent(encoded);
  assert.deepEqual(readKey(vault, 'click', key, url), message);
  return url;
}

test('links are led past the server whatever their quotes, and the rest stays byte for byte', () => {
  const html = `<!DOCTYPE html><P CLASS=x>é &amp; <a  title='"' href = 'http://a.example/?x=1&amp;y=2'>1</a>
<A HREF=https://b.example/q?z=1>2</a><map><area shape=rect href="http://c.example/o'clock"></map><br/></P>`;
  const decorated = decorateHtml(html);
  const pieces = decorated.split(
    /https:\/\/m\.example\/t\/c\/7-0123456789abcdef01234567-[\w-]{22}\?u=[\w.%~!*()-]+/,
  );
  assert.deepEqual(pieces, [
    `<!DOCTYPE html><P CLASS=x>é &amp; <a  title='"' href = '`,
    `'>1</a>\n<A HREF="`,
    `">2</a><map><area shape=rect href="`,
    `"></map><br/></P>`,
  ]);
  assert.deepEqual(linksIn(decorated).map(targetOf), [
    'http://a.example/?x=1&y=2',
    'https://b.example/q?z=1',
    "http://c.example/o'clock",
  ]);
});

test('of two addresses the first is led past the server, and no quote ends its place', () => {
  const decorated = decorateHtml("<a href='http://d.example/o&#39;clock' href='http://e.example/'>");
  assert.match(decorated, /^<a href='https:\/\/m\.example\/t\/c\/[^']+' href='http:\/\/e\.example\/'>$/);
  assert.deepEqual(linksIn(decorated).map(targetOf), ["http://d.example/o'clock"]);
});

test('what must not be tracked stays', () => {
  const { unsubscribe, globalUnsubscribe } = linksOf(publicUrl, vault, message);
  for (const html of [
    '<a href="mailto:a@b.example">',
    '<a href="tel:+123">',
    '<a href="#top">',
    '<a href="/relative">',
    '<a href="javascript:alert(1)">',
    '<a href="http://">',
    '<a href>',
    '<a data-track="off" href="http://a.example/">',
    '<a href="http://a.example/" clicktracking=OFF>',
    `<a href="${unsubscribe}">`,
    `<a href="${globalUnsubscribe}">`,
    '<link href="http://a.example/style.css">',
    '<!-- <a href="http://a.example/"> -->',
    '<style>a[href="http://a.example/"]{}</style>',
    '<title><a href="http://a.example/"></title>',
    'no <html',
  ]) {
    assert.equal(decorateHtml(html), html);
  }
  const tracked = decorateHtml('<a href="http://a.example/">');
  assert.equal(decorateHtml(tracked), tracked);
  const off = '<body><a href="http://a.example/"></body>';
  assert.equal(decorateHtml(off, { trackClicks: false }), off);
});

test('the picture stands before the end of the body, once, or at the end', () => {
  const picture = /<img src="https:\/\/m\.example\/t\/o\/7-0123456789abcdef01234567-([\w-]{22})\.gif"[^>]*>/;
  const options = { trackOpens: true };
  const whole = decorateHtml('<html><body><p>x</p><!-- </body> --></body ></html>', options);
  const [before, mark, after] = whole.split(picture);
  assert.deepEqual([before, after], ['<html><body><p>x</p><!-- </body> -->', '</body ></html>']);
  assert.deepEqual(readKey(vault, 'open', `7-${message.id}-${mark}`), message);
  assert.deepEqual(decorateHtml('<p>x', options).split(picture)[0], '<p>x');
  assert.equal(decorateHtml('', options), '');
});

test('tags, texts and every other attribute of any HTML stay', () => {
  const word = fc.constantFrom(
    'a',
    'href',
    'x',
    '"',
    "'",
    '=',
    '<',
    '>',
    '&',
    '&amp;',
    '/',
    ' ',
    '\n',
    'é',
    '-',
    '!',
  );
  const url = fc.constantFrom(
    'http://a.example/?q=1&amp;r=2',
    'https://b.example/é',
    'mailto:x@y.example',
    '#',
    '',
    '//c',
  );
  const attribute = fc.oneof(
    fc
      .tuple(fc.constantFrom('href', 'HREF', 'src', 'title'), fc.constantFrom('"', "'"), url)
      .map(([n, q, u]) => ` ${n}=${q}${u}${q}`),
    fc.constantFrom(
      ' href',
      ' href=http://u.example/x',
      ' data-x',
      ' href = "http://s.example/" ',
      ' class=a',
    ),
  );
  const tag = fc
    .tuple(
      fc.constantFrom('a', 'A', 'area', 'p', 'form', 'svg', 'body', 'script', 'img'),
      fc.array(attribute, { maxLength: 4 }),
    )
    .map(([name, attributes]) => `<${name}${attributes.join('')}>`);
  const close = fc.constantFrom(
    '</a>',
    '</p>',
    '</body>',
    '</form>',
    '</script>',
    '</svg>',
    '<!--',
    '-->',
    '<br/>',
  );
  const html = fc.array(fc.oneof(tag, tag, close, word), { maxLength: 25 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(html, (source) => {
      const decorated = decorateHtml(source);
      assert.deepEqual(eventsOf(decorated, false), eventsOf(source, false));
      const [left, right] = [linksIn(decorated), linksIn(source)];
      assert.equal(left.length, right.length);
      for (const [index, link] of left.entries())
        assert.equal(targetOf(link), link === right[index] ? link : right[index]?.trim());
    }),
    { numRuns: 2_000 },
  );
});

test('a mark holds for one message, one purpose and one URL', () => {
  const { unsubscribe, globalUnsubscribe, oneClick } = linksOf(`${publicUrl}/`, vault, message);
  assert.equal(oneClick, unsubscribe);
  const key = unsubscribe.slice(`${publicUrl}/u/`.length);
  assert.ok(globalUnsubscribe.startsWith(`${publicUrl}/ug/7-`));
  assert.deepEqual(readKey(vault, 'unsubscribe', key), message);
  assert.equal(readKey(vault, 'unsubscribe_everywhere', key), undefined);
  assert.equal(readKey(vault, 'open', key), undefined);
  assert.equal(readKey(vault, 'unsubscribe', key.replace(message.id, other.id)), undefined);
  assert.equal(readKey(vault, 'unsubscribe', key.replace(/^7-/, '8-')), undefined);
  assert.equal(readKey(vault, 'unsubscribe', key.replace(/^7-/, '07-')), undefined);
  assert.equal(readKey(createVault(Buffer.alloc(32, 2)), 'unsubscribe', key), undefined);
  const [, click = ''] = /\/t\/c\/([^?]+)/.exec(decorateHtml('<a href="http://a.example/">')) ?? [];
  assert.deepEqual(readKey(vault, 'click', click, 'http://a.example/'), message);
  assert.equal(readKey(vault, 'click', click, 'http://evil.example/'), undefined);
  assert.equal(readKey(vault, 'click', click), undefined);
});

test('addresses are shown masked, the root of links is the operator’s or our own', () => {
  assert.equal(maskAddress('john@example.com'), 'j•••@example.com');
  assert.equal(maskAddress('+79991234567'), '•••4567');
  assert.equal(maskAddress('{"provider":"x"}'), '');
  assert.equal(maskAddress(null), '');
  assert.equal(publicUrlOf({ publicUrl: 'https://x.example/', host: 'h', port: 1 }), 'https://x.example');
  assert.equal(publicUrlOf({ publicUrl: undefined, host: '::1', port: 80 }), 'http://[::1]:80');
});

test('facts that come together are recorded together, 500 at most', async () => {
  const clock = new ManualClock(new Date(0));
  const batches: number[] = [];
  let fails = false;
  const gather = createFactGatherer(async (facts) => {
    batches.push(facts.length);
    if (fails) throw new Error('no database');
  }, clock);
  const fact: Fact = { slot: 1, messageId: message.id, kind: 'opened', at: new Date(0), data: {} };
  const first = Array.from({ length: 3 }, () => gather(fact));
  assert.deepEqual(batches, []);
  clock.advance(25);
  await Promise.all(first);
  assert.deepEqual(batches, [3]);
  const many = Array.from({ length: 1_001 }, () => gather(fact));
  await Promise.all(many.slice(0, 1_000));
  assert.deepEqual(batches, [3, 500, 500]);
  fails = true;
  clock.advance(25);
  await assert.rejects(many[1_000] ?? Promise.resolve(), /no database/);
});
