import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { geoFields, openPlaces, type Place, type Places } from '../../src/geo/index.ts';

/** The database that npm has installed; the version is pinned, so its answers stand still. */
let places: Places;

before(async () => {
  places = await openPlaces();
  await places.load();
});

/** Networks that have stood where they stand for decades, most of them of universities. */
const known: readonly [string, Place][] = [
  ['131.111.150.25', { country: 'GB', region: 'England', city: 'Cambridge', timeZone: 'Europe/London' }],
  [
    '18.9.22.169',
    { country: 'US', region: 'Massachusetts', city: 'Cambridge', timeZone: 'America/New_York' },
  ],
  [
    '8.8.8.8',
    { country: 'US', region: 'California', city: 'Mountain View', timeZone: 'America/Los_Angeles' },
  ],
  [
    '193.0.6.139',
    { country: 'NL', region: 'North Holland', city: 'Amsterdam', timeZone: 'Europe/Amsterdam' },
  ],
  ['141.20.1.1', { country: 'DE', region: 'State of Berlin', city: 'Berlin', timeZone: 'Europe/Berlin' }],
  ['129.132.1.1', { country: 'CH', region: 'Zurich', city: 'Zurich', timeZone: 'Europe/Zurich' }],
  ['130.237.28.40', { country: 'SE', region: 'Stockholm', city: 'Stockholm', timeZone: 'Europe/Stockholm' }],
  ['150.254.65.1', { country: 'PL', region: 'Greater Poland', city: 'Poznan', timeZone: 'Europe/Warsaw' }],
  ['143.107.0.1', { country: 'BR', region: 'Sao Paulo', city: 'Sao Paulo', timeZone: 'America/Sao_Paulo' }],
  [
    '196.21.1.1',
    { country: 'ZA', region: 'Western Cape', city: 'Cape Town', timeZone: 'Africa/Johannesburg' },
  ],
  [
    '132.248.10.7',
    { country: 'MX', region: 'Mexico City', city: 'Mexico City', timeZone: 'America/Mexico_City' },
  ],
  ['188.44.50.1', { country: 'RU', region: 'Moscow', city: 'Moscow', timeZone: 'Europe/Moscow' }],
  ['203.97.0.1', { country: 'NZ', region: 'Otago', city: 'Dunedin', timeZone: 'Pacific/Auckland' }],
  ['2001:630:212:200::1', { country: 'GB', region: 'England', city: 'Cambridge', timeZone: 'Europe/London' }],
  [
    '2001:67c:2e8:22::c100:68b',
    { country: 'NL', region: 'North Holland', city: 'Amsterdam', timeZone: 'Europe/Amsterdam' },
  ],
  [
    '2001:41d0:1:1b00::1',
    { country: 'FR', region: 'Hauts-de-France', city: 'Roubaix', timeZone: 'Europe/Paris' },
  ],
  ['2003:c0::1', { country: 'DE', region: 'State of Berlin', city: 'Berlin', timeZone: 'Europe/Berlin' }],
  ['2001:200::1', { country: 'JP', region: 'Kanagawa', city: 'Fujisawa', timeZone: 'Asia/Tokyo' }],
  ['240e::1', { country: 'CN', region: 'Beijing', city: 'Beijing', timeZone: 'Asia/Shanghai' }],
  ['2804:14c::1', { country: 'BR', region: 'Sao Paulo', city: 'Sao Paulo', timeZone: 'America/Sao_Paulo' }],
  ['2001:b07::1', { country: 'IT', region: 'Lombardy', city: 'Milan', timeZone: 'Europe/Rome' }],
  ['2001:4490::1', { country: 'IN', region: 'Delhi', city: 'New Delhi', timeZone: 'Asia/Kolkata' }],
  ['2001:718::1', { country: 'CZ', region: 'Prague', city: 'Prague', timeZone: 'Europe/Prague' }],
];

for (const [ip, expected] of known) {
  test(`${ip} is in ${expected.city}, ${expected.country}`, () => {
    const { latitude, longitude, ...named } = places.find(ip) ?? {};
    assert.deepEqual(named, expected);
    assert.ok(latitude !== undefined && longitude !== undefined);
  });
}

test('coordinates are degrees, of four decimals at most', () => {
  const { latitude, longitude } = places.find('18.9.22.169') ?? {};
  assert.deepEqual({ latitude, longitude }, { latitude: 42.3592, longitude: -71.0931 });
});

test('IPv4 in the form of IPv6 is found as IPv4, however it is spelt', () => {
  const expected = places.find('131.111.150.25');
  assert.equal(expected?.city, 'Cambridge');
  for (const ip of [
    '::ffff:131.111.150.25',
    '::FFFF:131.111.150.25',
    '::ffff:836f:9619',
    '0:0:0:0:0:ffff:836f:9619',
    ' 131.111.150.25\n',
  ]) {
    assert.deepEqual(places.find(ip), expected, ip);
  }
});

test('an IPv6 address is found however it is spelt', () => {
  const expected = places.find('2001:630:212:200::1');
  for (const ip of ['2001:0630:0212:0200:0000:0000:0000:0001', '2001:630:212:200:0::1%eth0.1']) {
    assert.deepEqual(places.find(ip), expected, ip);
  }
});

/** Addresses of nobody in the world, and texts that are no address though some programs take them for one. */
const nowhere: readonly string[] = [
  ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '127.0.0.1', '0.0.0.0', '169.254.1.1', '100.64.0.1'],
  ...['224.0.0.1', '255.255.255.255', '192.0.2.1', '240.0.0.1', '::ffff:10.0.0.1', '::ffff:127.0.0.1'],
  ...['::', '::1', 'fe80::1', 'fe80::1%eth-0.1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1'],
  ...['', ' ', '1', '8', '8.8', '8.8.8', '8.8.8.8.8', '8.8.8.256', '08.8.8.8', '0x8.8.8.8', '134744072'],
  ...['8.8.8.8/32', '8.8.8.8:80', '[2003:c0::1]', '2003:c0::1::2', '8.8.8.8\u0000', '٨.٨.٨.٨', '8,8,8,8'],
  ...['constructor', '__proto__', 'null', '-1.8.8.8', '1e1.8.8.8', '8.8.8.8 8.8.8.8', ':'.repeat(100_000)],
];

for (const text of nowhere) {
  test(`${JSON.stringify(text.slice(0, 40))} is nowhere`, () => {
    assert.equal(places.find(text), undefined);
  });
}

test('no text makes it throw, and what it says of addresses is storable', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6(),
    fc.tuple(fc.ipV6(), fc.string({ maxLength: 8 })).map(([ip, zone]) => `${ip}%${zone}`),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefx:.%[]/ ') }),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(address, (text) => {
      const place = places.find(text);
      if (place === undefined) return;
      assert.match(place.country ?? '', /^[A-Z]{2}$/);
      assert.notEqual(place.city, '');
      assert.ok(!place.city?.includes('('), place.city);
      if (place.timeZone !== undefined) new Intl.DateTimeFormat('en', { timeZone: place.timeZone });
    }),
    { numRuns: 3_000 },
  );
});

test('to ask before the database is loaded is a fault', async () => {
  const unloaded = await openPlaces();
  assert.throws(() => unloaded.find('8.8.8.8'), /find before load/);
  await Promise.all([unloaded.load(), unloaded.load()]);
  assert.equal(unloaded.find('8.8.8.8')?.country, 'US');
});

test('the fields of both addresses', () => {
  assert.deepEqual(geoFields(places, { ip: '2001:630:212:200::1', regip: '150.254.65.1' }), {
    _country: 'GB',
    _region: 'England',
    _city: 'Cambridge',
    _tz: 'Europe/London',
    _lat: 52.2112,
    _lon: 0.0937,
    _regcountry: 'PL',
    _regcity: 'Poznan',
  });
  assert.deepEqual(geoFields(places, { ip: '150.254.65.1', regip: '150.254.65.1' })['_regcity'], 'Poznan');
  assert.deepEqual(geoFields(places, { regip: '150.254.65.1' }), { _regcountry: 'PL', _regcity: 'Poznan' });
  assert.deepEqual(geoFields(places, { ip: '10.0.0.1', regip: 'no address' }), {});
  assert.deepEqual(geoFields(places, {}), {});
});
