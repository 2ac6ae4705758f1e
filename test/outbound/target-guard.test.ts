import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkTargetUrl } from '../../src/outbound/index.ts';
import { addressFault } from '../../src/outbound/judge-address.ts';
import { guardedLookup, type ResolveAll } from '../../src/outbound/target-guard.ts';

const ALLOWS = 'MUSTER_ALLOW_PRIVATE_TARGETS=1 allows it';

type Verdict = 'global' | 'private' | 'reserved' | 'never';

const addresses: readonly [address: string, verdict: Verdict][] = [
  ['8.8.8.8', 'global'],
  ['1.1.1.1', 'global'],
  ['100.63.255.255', 'global'],
  ['100.128.0.0', 'global'],
  ['172.15.255.255', 'global'],
  ['172.32.0.0', 'global'],
  ['223.255.255.255', 'global'],
  ['127.0.0.1', 'private'],
  ['127.255.255.254', 'private'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['100.127.255.255', 'private'],
  ['192.0.0.1', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['192.88.99.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['198.19.255.255', 'reserved'],
  ['198.51.100.1', 'reserved'],
  ['203.0.113.1', 'reserved'],
  ['240.0.0.1', 'reserved'],
  ['0.0.0.0', 'never'],
  ['0.1.2.3', 'never'],
  ['169.254.169.254', 'never'],
  ['169.254.0.1', 'never'],
  ['100.100.100.200', 'never'],
  ['224.0.0.1', 'never'],
  ['239.255.255.255', 'never'],
  ['255.255.255.255', 'never'],
  ['2606:4700::1111', 'global'],
  ['2a00:1450::1', 'global'],
  ['::1', 'private'],
  ['fc00::1', 'private'],
  ['fd12:3456::1', 'private'],
  ['fec0::1', 'reserved'],
  ['100::1', 'reserved'],
  ['2001:db8::1', 'reserved'],
  ['3fff::1', 'reserved'],
  ['2001:2::1', 'reserved'],
  ['2001:10::1', 'reserved'],
  ['5f00::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['64:ff9b:1::8.8.8.8', 'reserved'],
  ['::', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['ff02::1', 'never'],
  ['fd00:ec2::254', 'never'],
  ['::ffff:8.8.8.8', 'global'],
  ['::ffff:127.0.0.1', 'private'],
  ['::ffff:7f00:1', 'private'],
  ['::ffff:169.254.169.254', 'never'],
  ['::127.0.0.1', 'private'],
  ['::a9fe:a9fe', 'never'],
  ['::ffff:0:10.0.0.1', 'private'],
  ['64:ff9b::8.8.8.8', 'global'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::a9fe:a9fe', 'never'],
  ['2002:808:808::1', 'global'],
  ['2002:7f00:1::', 'private'],
  ['2002:a9fe:a9fe::1', 'never'],
  // Teredo: server, then the client with all bits inverted.
  ['2001:0:808:808:0:0:f7f7:f7f7', 'global'],
  ['2001:0:7f00:1:0:0:f7f7:f7f7', 'private'],
  ['2001:0:808:808:0:0:80ff:fffe', 'private'],
  ['2001:0:808:808:0:0:5601:5601', 'never'],
  ['not an address', 'never'],
  ['', 'never'],
];

function expectedFault(address: string, verdict: Verdict, allowPrivate: boolean): string | undefined {
  if (verdict === 'global') return undefined;
  if (verdict === 'never') return `the address ${address} is not one that requests are sent to`;
  return allowPrivate ? undefined : `the address ${address} is ${verdict}; ${ALLOWS}`;
}

test('addresses are judged by what they reach', () => {
  for (const [address, verdict] of addresses) {
    assert.equal(addressFault(address, false), expectedFault(address, verdict, false), address);
    assert.equal(addressFault(address, true), expectedFault(address, verdict, true), `${address}, allowed`);
  }
});

const refusedUrls: readonly [url: string, fault: string][] = [
  ['http://127.0.0.1/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://0x7f.1/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://2130706433/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://017700000001/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://127.1:8080/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://127.0.0.1./', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://%31%32%37.0.0.1/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://１２７.0.0.1/', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http:\\\\127.0.0.1\\', `the address 127.0.0.1 is private; ${ALLOWS}`],
  ['http://[::1]/', `the address ::1 is private; ${ALLOWS}`],
  ['http://[::ffff:127.0.0.1]/', `the address ::ffff:7f00:1 is private; ${ALLOWS}`],
  ['http://localhost/', `the name localhost is private; ${ALLOWS}`],
  ['http://LOCALHOST:3000/', `the name localhost is private; ${ALLOWS}`],
  ['http://a.localhost/', `the name a.localhost is private; ${ALLOWS}`],
];

const alwaysRefusedUrls: readonly [url: string, fault: string][] = [
  ['http://169.254.169.254/latest', 'the address 169.254.169.254 is not one that requests are sent to'],
  ['http://0/', 'the address 0.0.0.0 is not one that requests are sent to'],
  ['http://localhost./', 'the host name localhost. ends with a dot'],
  ['http://example.com./', 'the host name example.com. ends with a dot'],
  ['ftp://example.com/', 'the URL begins with neither http:// nor https://'],
  ['file:///etc/passwd', 'the URL begins with neither http:// nor https://'],
  ['javascript:alert(1)', 'the URL begins with neither http:// nor https://'],
  [
    'http://user:secret@example.com/',
    'the URL holds a user or password; they belong into an authorization header',
  ],
  ['http://user@example.com/', 'the URL holds a user or password; they belong into an authorization header'],
  ['http://example.com/a\r\nb', 'the URL holds a control character'],
  ['http://exam\tple.com/', 'the URL holds a control character'],
  ['example.com', 'the URL is not valid'],
  ['http://', 'the URL is not valid'],
  ['http://1.2.3.256/', 'the URL is not valid'],
  ['', 'the URL is not valid'],
];

test('the text of a URL is judged', () => {
  for (const [url, fault] of refusedUrls) {
    assert.equal(checkTargetUrl(url, false), fault, url);
    assert.equal(checkTargetUrl(url, true), undefined, `${url}, allowed`);
  }
  for (const [url, fault] of alwaysRefusedUrls) {
    assert.equal(checkTargetUrl(url, false), fault, url);
    assert.equal(checkTargetUrl(url, true), fault, `${url}, allowed`);
  }
  for (const url of [
    'https://example.com/a?b=c#d',
    'HTTP://8.8.8.8:8080',
    'http://[2606:4700::1111]/',
    'http://böse.de',
  ]) {
    assert.equal(checkTargetUrl(url, false), undefined, url);
  }
});

test('no notation of a private address gets past', () => {
  const octet = fc.nat(255);
  fc.assert(
    fc.property(fc.constantFrom(10, 127), octet, octet, octet, (a, b, c, d) => {
      const number = ((a * 256 + b) * 256 + c) * 256 + d;
      const [high, low] = [(a << 8) | b, (c << 8) | d].map((part) => part.toString(16));
      const inverted = [((a << 8) | b) ^ 0xffff, ((c << 8) | d) ^ 0xffff].map((part) => part.toString(16));
      const hosts = [
        `${number}`,
        `0x${number.toString(16)}`,
        `0${number.toString(8)}`,
        `${a}.${number - a * 2 ** 24}`,
        `0x${a.toString(16)}.0${b.toString(8)}.${c * 256 + d}`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
        `[::${a}.${b}.${c}.${d}]`,
        `[::ffff:0:${high}:${low}]`,
        `[64:ff9b::${high}:${low}]`,
        `[2002:${high}:${low}::1]`,
        `[2001:0:808:808:0:0:${inverted.join(':')}]`,
      ];
      for (const host of hosts)
        assert.match(checkTargetUrl(`http://${host}/`, false) ?? '', /is private/, host);
    }),
  );
});

function resolverOf(answers: readonly string[][]): ResolveAll {
  let calls = 0;
  return (_hostname, _options, callback) => {
    const answer = answers[calls] ?? [];
    calls += 1;
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

type Looked = string | LookupAddress[];

function look(lookup: ReturnType<typeof guardedLookup>, all: boolean): Looked {
  let looked: Looked = 'not called';
  lookup('name.example', { all }, (error, address) => {
    looked = error === null ? address : error.message;
  });
  return looked;
}

test('a name is judged by every address of every resolution', () => {
  const rebinding = guardedLookup(resolverOf([['8.8.8.8'], ['127.0.0.1'], ['8.8.4.4']]), false);
  assert.deepEqual(look(rebinding, true), [{ address: '8.8.8.8', family: 4 }]);
  assert.equal(look(rebinding, true), `name.example: the address 127.0.0.1 is private; ${ALLOWS}`);
  assert.equal(look(rebinding, false), '8.8.4.4');

  const mixed = guardedLookup(
    resolverOf([
      ['8.8.8.8', '2606:4700::1111', '10.0.0.1'],
      ['8.8.8.8', '::1'],
    ]),
    false,
  );
  assert.equal(look(mixed, true), `name.example: the address 10.0.0.1 is private; ${ALLOWS}`);
  assert.equal(look(mixed, false), `name.example: the address ::1 is private; ${ALLOWS}`);

  const allowed = guardedLookup(resolverOf([['127.0.0.1'], ['169.254.169.254']]), true);
  assert.deepEqual(look(allowed, true), [{ address: '127.0.0.1', family: 4 }]);
  assert.equal(
    look(allowed, true),
    'name.example: the address 169.254.169.254 is not one that requests are sent to',
  );
});
