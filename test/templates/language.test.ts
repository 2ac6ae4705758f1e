import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../src/base/index.ts';
import type { Landing, TemplateScope } from '../../src/templates/index.ts';
import { faultsOf, renderSource, surroundings } from './parse-source.ts';

const scope: TemplateScope = {
  lead: {
    name: 'иван ПЕТРОВ',
    age: 41,
    digits: '41',
    vip: true,
    no: false,
    zero: 0,
    empty: '',
    none: null,
    list: [],
    object: {},
    tags: ['a', 'b', 5],
    city: 'Riga',
    price: 1234.5,
    half: 1.005,
    born: '1990-03-08',
    seen: '2026-11-24T22:30:00Z',
    sql: '2026-11-24 22:30:00',
    unix: 1_796_000_000,
    quote: '"<&>',
    emoji: '👍👍👍',
  },
  subscription: { email: 'a@x.example' },
  apicontent: {
    items: [
      { name: 'Tea', price: 2, sizes: ['S', 'M'] },
      { name: 'Cup', price: 0.1, sizes: [] },
    ],
    map: { b: 1, a: { c: 2 } },
    count: 3,
  },
  message: { phone: '+371' },
  subscriptions: [
    { channel: 'sms', resource_id: 1, priority: 3, phone: '1' },
    { channel: 'sms', resource_id: 2, priority: 0, phone: '2' },
    { channel: 'sms', resource_id: 2, phone: '3' },
    { channel: 'email', resource_id: 1, priority: 0, email: 'e' },
  ],
  ...surroundings,
};

function render(source: string, landing: Landing = 'text', given: TemplateScope = scope): string {
  return renderSource(source, landing, given);
}

const yes = [
  'lead.vip',
  'lead.zero',
  'not lead.no',
  'not lead.empty',
  'not lead.none',
  'not lead.list',
  'not lead.object',
  'not lead.absent.x',
  'lead.age equal 41',
  'lead.age equal "41"',
  'lead.digits equal 41',
  'lead.city equal "Riga"',
  'lead.city not_equal "riga"',
  'lead.vip equal true',
  'not (lead.vip equal "true")',
  'lead.absent not_equal "x"',
  'lead.tags equal lead.tags',
  'lead.none equal lead.absent',
  'lead.tags contains "a"',
  'lead.tags contains 5',
  'not (lead.tags contains "c")',
  'lead.city contains "ig"',
  'apicontent.map contains "a"',
  '"a" in lead.tags',
  'lead.city in ("Riga" "Oslo")',
  'not (lead.city in ("Oslo"))',
  'not (lead.city in ("Riga Oslo"))',
  '"b" in (apicontent.map)',
  'not ("toString" in apicontent.map)',
  'not ("" in lead.city)',
  'not (lead.none in lead.city)',
  'lead.age gt 40',
  'not (lead.age gt 41)',
  'lead.age gte 41',
  'lead.age lt 41.5',
  'lead.age lte "41"',
  'lead.digits gt 5',
  'lead.city lt "Zagreb"',
  'not (lead.vip gt 0)',
  'not (lead.absent lt 1)',
  'not (lead.city gt 1)',
  'lead.born lt "1990-04"',
  'lead.vip and lead.age and lead.city',
  'lead.no or lead.empty or lead.city',
  'lead.no or (lead.vip and (lead.age gt 5 and not lead.no))',
  'not lead.no and lead.vip',
  'not not lead.vip',
  'lead.name | lower contains "петров"',
  '(lead.tags | length) equal 3',
  'lead.tags | length gt 2',
  'lead.city | upper equal "RIGA"',
  'subscription_field("sms" "phone") equal "2"',
  '(lead.vip)',
  'lead.age equal -41 or lead.age equal 41.0',
  'lead.city equal "Ri\\u0067a"',
  'message.phone',
  'lead',
];
for (const condition of yes) {
  test(`holds: ${condition}`, () => {
    assert.equal(render(`{if ${condition}}yes{else}no{end}`), 'yes');
    assert.equal(render(`{if not (${condition})}no{elseif ${condition}}yes{end}`), 'yes');
  });
}

const prints: [source: string, expected: string][] = [
  ['{if lead.no}1{elseif lead.vip}2{else if lead.age}3{else}4{end}', '2'],
  ['{if lead.no}1{elseif lead.none}2{else if lead.age}3{else}4{end}', '3'],
  ['[{if lead.no}1{end}]', '[]'],
  ['{if\n\tlead.vip\n}{if lead.no}a{else}b{end}{end}', 'b'],
  [
    '{for i in apicontent.items}{loop.index}/{loop.length} {i.name} {i.price};{end}',
    '1/2 Tea 2;2/2 Cup 0.1;',
  ],
  ['{for i in apicontent.items}{if loop.first}<{end}{i.name}{if loop.last}>{else}, {end}{end}', '<Tea, Cup>'],
  [
    '{for i in apicontent.items}{for s in i.sizes}{loop.index}{i.name}{s} {else}-{end}{loop.index}{end}',
    '1TeaS 2TeaM 1-2',
  ],
  ['{for k v in apicontent.map}{k}={v};{end}', 'b=1;a={"c":2};'],
  ['{for v in apicontent.map}{v.c}|{end}', '|2|'],
  ['{for n t in lead.tags}{n}{t}{end}', '0a1b25'],
  [
    '{for x in lead.list}x{else}none{end}{for x in lead.city}x{else}none{end}{for x in lead.absent}x{end}',
    'nonenone',
  ],
  ['{for i in apicontent.items}{if i.price gt 1}{i.name}{end}{end}{i.name}', 'Tea{i.name}'],
  ['{for i in apicontent.items | default lead.tags}{i.name | lower}{end}', 'teacup'],
  [
    '{lead.absent | default "x"}{lead.empty | default lead.city}{lead.no | default "x"}{lead.zero | default 1}',
    'xRigafalse0',
  ],
  [
    '{lead.name | upper}|{lead.name | lower}|{lead.name | capitalize}|{lead.name | title}',
    'ИВАН ПЕТРОВ|иван петров|Иван петров|Иван Петров',
  ],
  ['{lead.absent | upper}{lead.empty | capitalize}{lead.age | upper}', '41'],
  ['[{"  a " | trim}]', '[{"  a " | trim}]'],
  [
    '{lead.city | truncate 3}|{lead.city | truncate 4}|{lead.city | truncate 3 ""}|{lead.city | truncate 3 "..."}|{lead.city | truncate 0}',
    'Ri…|Riga|Rig|...|',
  ],
  ['{lead.emoji | truncate 2}{lead.emoji | length}', '👍…3'],
  [
    '{lead.born | date "d MMMM yyyy"} {lead.born | date "d MMMM yyyy" "Asia/Tokyo" "en"}',
    '8 марта 1990 8 March 1990',
  ],
  [
    '{lead.seen | date "dd.MM.yyyy HH:mm"} {lead.seen | date "HH:mm" "UTC"} {lead.sql | date "HH:mm"}',
    '25.11.2026 01:30 22:30 22:30',
  ],
  ['{lead.unix | date "yyyy"} {lead.city | date "yyyy"}{lead.absent | date "yyyy"}', '2026 Riga'],
  ['{now}|{now | date "HH:mm"}', '2026-11-25T22:30:00.000Z|01:30'],
  [
    '{lead.price | number}|{lead.price | number 2}|{lead.price | number 2 "en"}|{lead.city | number}',
    '1\u00a0234,5|1\u00a0234,50|1,234.50|Riga',
  ],
  ['{lead.price | currency "RUB"}|{lead.price | currency "USD" "en"}', '1\u00a0234,50\u00a0₽|$1,234.50'],
  ['{lead.half | round 2}|{lead.price | round}|{lead.city | round}', '1.01|1235|'],
  [
    '{lead.age | plus 1 | times 2 | minus 0.5}|{lead.age | plus lead.digits}|{lead.city | plus 1}|{lead.absent | plus 1}',
    '83.5|82||',
  ],
  ['{for i in apicontent.items}{i.price | plus 0.2} {end}', '2.2 0.3 '],
  [
    '{apicontent.count} {apicontent.count | plural "товар" "товара" "товаров"} {apicontent.count | plural "item" "items"}',
    '3 товара items',
  ],
  [
    '{lead.tags | join ", "}|{lead.city | join ","}|{lead.tags | json}|{lead.name | json}',
    'a, b, 5|Riga|["a","b",5]|"иван ПЕТРОВ"',
  ],
  [
    '{subscription_field("sms" "phone")}{subscription_field("sms" "phone" 1)}{subscription_field("push" "x")}{subscription_field("sms" "constructor")}',
    '21',
  ],
  ['{unsubscribe} {globalunsubscribe}', 'https://u.example/1 https://u.example/all'],
  ['{message.phone}{subscription.email}', '+371a@x.example'],
  ['{comment}{if lead.x}{comment}a{end}{end}{oops{lead.}{end}{lb}{rb}', '{}'],
  ['{lead.name}}{lead.city }', 'иван ПЕТРОВ}Riga'],
];
for (const [source, expected] of prints) {
  test(`prints ${JSON.stringify(expected)}: ${source}`, () => assert.equal(render(source), expected));
}

test('Russian plurals follow the last digits', () => {
  const forms: [number, string][] = [
    [0, 'дней'],
    [1, 'день'],
    [2, 'дня'],
    [4, 'дня'],
    [5, 'дней'],
    [11, 'дней'],
    [12, 'дней'],
    [14, 'дней'],
    [21, 'день'],
    [22, 'дня'],
    [111, 'дней'],
    [1.5, 'дня'],
    [-1, 'день'],
  ];
  for (const [count, word] of forms) {
    const given = { ...scope, lead: { count } };
    assert.equal(render('{lead.count | plural "день" "дня" "дней"}', 'text', given), word, String(count));
  }
});

test('without the optional members of the scope their forms print nothing', () => {
  const bare = { lead: null, subscription: null, apicontent: null };
  assert.equal(
    render('[{now}{unsubscribe}{globalunsubscribe}{message.x}{subscription_field("a" "b")}]', 'text', bare),
    '[]',
  );
  const odd = {
    ...bare,
    lead: { x: 5, d: '2026-01-02' },
    zone: 'Mars/Base',
    locale: '!!',
    now: new Date(Number.NaN),
  };
  assert.equal(
    render('{lead.x | number 1}{lead.d | date "MMM"}{now}{lead.d | upper}', 'text', odd),
    '5.0Jan2026-01-02',
  );
});

const landed: [source: string, landing: Landing, expected: string][] = [
  [
    '{"a":"{if lead.age equal "41"}{lead.quote}{else}b{end}","c":{if lead.no}1{else}{lead.quote}{end}}',
    'json',
    '{"a":"\\"<&>","c":"\\"<&>"}',
  ],
  [
    '[{for i in apicontent.items}{"n":{i.name},"p":"{i.price}"}{if not loop.last},{end}{end}]',
    'json',
    '[{"n":"Tea","p":"2"},{"n":"Cup","p":"0.1"}]',
  ],
  [
    '{"a":{lead.age | plus 1},"b":{lead.absent | upper},"c":{unsubscribe}}',
    'json',
    '{"a":42,"b":null,"c":"https://u.example/1"}',
  ],
  ['/a?{for t in lead.tags}t={t}&{end}q={lead.quote | lower}', 'url', '/a?t=a&t=b&t=5&q=%22%3C%26%3E'],
  [
    '{if lead.vip}x: {lead.sql | default "a\\nb"}{lead.none | default "a\\r\\nb"}{end}',
    'header',
    'x: 2026-11-24 22:30:00ab',
  ],
];
for (const [source, landing, expected] of landed) {
  test(`${landing}: ${source}`, () => assert.equal(render(source, landing), expected));
}

test('in JSON, branches and rounds that end in different places are refused', () => {
  for (const source of ['"{if lead.x}"{else}a{end}', '{for x in lead.y}"{end}', '{if lead.x}"{end}"']) {
    assert.match(faultsOf(source, 'json')[0]?.message ?? '', /end in different places: .*a string/);
  }
});

test('nothing but own members is reached, whatever the names', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'length',
    'hasOwnProperty',
    'valueOf',
    'name',
    '0',
  ];
  const bases = ['lead.s', 'lead.n', 'lead.o', 'lead.l', 'lead.b'];
  const given = { ...scope, lead: { s: 'text', n: 5, o: {}, l: [], b: true } };
  for (const base of bases) {
    for (const name of names) {
      const source = `{${base}.${name}}{if ${base}.${name}}!{end}{for x in ${base}.${name}}!{end}{for x in ${base}}{x.${name}}{end}`;
      assert.equal(render(source, 'text', given), '', source);
    }
  }
  const own = parseJson('{"__proto__":{"x":1},"constructor":2}');
  assert.equal(
    render('{for k v in apicontent.o}{k}={v};{end}', 'text', { ...scope, apicontent: { o: own } }),
    '__proto__={"x":1};constructor=2;',
  );
});
