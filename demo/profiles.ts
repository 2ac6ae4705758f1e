import type { JsonObject } from '../src/base/index.ts';
import { englishCities, russianCities } from './data/cities.ts';
import { englishMen, englishSurnames, englishWomen } from './data/english-names.ts';
import {
  russianMen,
  russianSurnames,
  russianWomen,
  toFeminine,
  transliterate,
} from './data/russian-names.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/** Domains that are kept free for examples: whatever happens, the demo's customers get no mail. */
const mailDomains = [
  'mail.example',
  'inbox.example',
  'post.example',
  'company.test',
  'example.com',
  'example.net',
] as const;
export const loyaltyLevels = ['none', 'silver', 'gold', 'platinum'] as const;
const interests = [
  'books',
  'cinema',
  'cooking',
  'cycling',
  'fashion',
  'games',
  'garden',
  'music',
  'pets',
  'sport',
  'tech',
  'travel',
] as const;
/** Of customers who have bought something since the run before. */
const CHANGING_SHARE = 0.6;
const DAY_MS = 86_400_000;
const FIRST_ORDERS_MS = Date.UTC(2025, 0, 1);

interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly sex: 'male' | 'female';
  /** Name in Latin letters, as it stands before the @. */
  readonly mailbox: string;
  readonly city: string;
  readonly country: string;
  readonly zone: string;
  readonly phone: string | number;
}

export function crmId(index: number): string {
  return `C-${String(index + 1).padStart(6, '0')}`;
}

function digits(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => random.whole(0, 9)).join('');
}

/** One Russian mobile number in one of the ways in which people write it. */
function russianPhone(random: SeededRandom): string | number {
  const code = `9${random.pick(['03', '09', '15', '16', '25', '37', '50', '62', '77', '86', '99'])}`;
  const [first, second, third] = [digits(random, 3), digits(random, 2), digits(random, 2)];
  const plain = `7${code}${first}${second}${third}`;
  return random.pick([
    `+${plain}`,
    `+${plain}`,
    `+7 (${code}) ${first}-${second}-${third}`,
    `8 (${code}) ${first}-${second}-${third}`,
    `8${code}${first}${second}${third}`,
    `+7 ${code} ${first} ${second} ${third}`,
    plain,
    Number(plain),
  ]);
}

/** A number that is kept free for fiction: 07700 900xxx in the United Kingdom, 555-01xx in the United States. */
function englishPhone(random: SeededRandom, dial: string): string {
  if (dial === 'UK') {
    const end = digits(random, 3);
    return random.pick([`+447700900${end}`, `+44 7700 900${end}`, `+44 7700 900-${end}`]);
  }
  const end = digits(random, 2);
  return random.pick([`+1${dial}55501${end}`, `+1 (${dial}) 555-01${end}`, `+1 ${dial}-555-01${end}`]);
}

function makeRussian(random: SeededRandom): Person {
  const sex = random.pick(['male', 'female']);
  const surname = random.pick(russianSurnames);
  const firstName = random.pick(sex === 'male' ? russianMen : russianWomen);
  const lastName = sex === 'male' ? surname : toFeminine(surname);
  const city = random.pick(russianCities);
  const mailbox = `${transliterate(firstName)}.${transliterate(lastName)}`;
  const phone = russianPhone(random);
  return {
    firstName,
    lastName,
    sex,
    mailbox,
    phone,
    city: city.name,
    country: city.country,
    zone: city.zone,
  };
}

function makeEnglish(random: SeededRandom): Person {
  const sex = random.pick(['male', 'female']);
  const firstName = random.pick(sex === 'male' ? englishMen : englishWomen);
  const lastName = random.pick(englishSurnames);
  const city = random.pick(englishCities);
  const mailbox = `${firstName}.${lastName}`.toLowerCase().replaceAll("'", '');
  const phone = englishPhone(random, city.dial);
  return {
    firstName,
    lastName,
    sex,
    mailbox,
    phone,
    city: city.name,
    country: city.country,
    zone: city.zone,
  };
}

/** Numbered, so that no two customers share an address. Some are written as people type them, or in Cyrillic. */
function emailOf(random: SeededRandom, mailbox: string, index: number): string {
  const address = `${mailbox}${index + 1}@${random.pick(mailDomains)}`;
  if (random.chance(0.02)) return ` ${address} `;
  if (random.chance(0.03)) return address.toUpperCase();
  return random.chance(0.01) ? `${mailbox}${index + 1}@почта.test` : address;
}

function birthdayOf(random: SeededRandom): string {
  const born = new Date(Date.UTC(1946, 0, 1) + random.whole(0, 62 * 365) * DAY_MS).toISOString();
  return random.chance(0.1) ? born : born.slice(0, 10);
}

function interestsOf(random: SeededRandom): string | string[] {
  const chosen = [...new Set(Array.from({ length: random.whole(1, 4) }, () => random.pick(interests)))];
  return random.chance(0.2) ? chosen.join(', ') : chosen;
}

/**
 * The customer of that index. All is the same for the same seed, but for those 60 % who have bought something between
 * two revisions: their last order and bonus move on.
 */
export function makeProfile(index: number, seed: number, revision: number): JsonObject {
  const random = createSeededRandom(seed, index);
  const person = random.chance(0.6) ? makeRussian(random) : makeEnglish(random);
  const orders = random.chance(CHANGING_SHARE) ? revision : 0;
  const orderedMs = FIRST_ORDERS_MS + random.whole(0, 364) * DAY_MS + random.whole(28_800, 79_200) * 1000;
  const { firstName, lastName, sex, city, country, zone, phone } = person;
  return {
    CRM_ID: crmId(index),
    email: emailOf(random, person.mailbox, index),
    phones: random.chance(0.1) ? [phone, russianPhone(random)] : phone,
    _fname: firstName,
    _lname: lastName,
    _sex: random.chance(0.1) ? (sex === 'male' ? 1 : 2) : sex,
    _bdate: birthdayOf(random),
    _city: city,
    _country: country,
    _tz: zone,
    loyalty: random.pick(loyaltyLevels),
    interests: interestsOf(random),
    bonus: random.whole(0, 900) + orders * 10,
    last_order: new Date(orderedMs + orders * DAY_MS).toISOString(),
  };
}
