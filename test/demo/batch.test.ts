import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRowKinds } from '../../demo/bad-rows.ts';
import { type BatchOptions, makeBatch } from '../../demo/batch.ts';
import { bigCities } from '../../demo/data/cities.ts';
import { toFeminine, transliterate } from '../../demo/data/russian-names.ts';
import { loyaltyLevels, makeProfile } from '../../demo/profiles.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/index.ts';
import { normalizeEmail, normalizePhone, toDate, toDatetime } from '../../src/profiles/index.ts';

const options: BatchOptions = { profiles: 2_000, bad: 40, duplicates: 60, seed: 7, revision: 0 };
const profiles = Array.from({ length: 2_000 }, (_, index) => makeProfile(index, 7, 0));

function dataOf(item: JsonValue): JsonObject {
  const data = isJsonObject(item) ? item['data'] : undefined;
  return isJsonObject(data) ? data : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The field of a profile that the import would refuse, or undefined. */
function faultOf(profile: JsonObject): string | undefined {
  const phones = Array.isArray(profile['phones']) ? profile['phones'] : [profile['phones']];
  if (normalizeEmail(text(profile['email'])) === undefined) return 'email';
  if (phones.some((phone) => normalizePhone(String(phone), 'RU') === undefined)) return 'phones';
  if (toDate(text(profile['_bdate'])) === undefined) return '_bdate';
  if (toDatetime(text(profile['last_order'])) === undefined) return 'last_order';
  if (!loyaltyLevels.some((level) => level === profile['loyalty'])) return 'loyalty';
  return Number.isSafeInteger(profile['bonus']) ? undefined : 'bonus';
}

test('the same options give the same batch, another seed another one', () => {
  assert.deepEqual(makeBatch(options), makeBatch(options));
  assert.notDeepEqual(makeBatch({ ...options, seed: 8 }).items, makeBatch(options).items);
});

test('every profile of the demo is valid, and no two share an e-mail address', () => {
  for (const profile of profiles) assert.equal(faultOf(profile), undefined, JSON.stringify(profile));
  const emails = new Set(profiles.map((profile) => normalizeEmail(text(profile['email']))));
  assert.equal(emails.size, profiles.length);
});

test('profiles are of both languages, in big cities and others', () => {
  const russian = profiles.filter((profile) => /[а-я]/.test(text(profile['_fname']))).length;
  assert.ok(russian > 1_000 && russian < 1_400, `${russian} of 2,000 are Russian`);
  const big = profiles.filter((profile) => bigCities.includes(text(profile['_city']))).length;
  assert.ok(big > 500 && big < 1_200, `${big} of 2,000 live in big cities`);
});

test('a later revision changes the last order and bonus of some customers and nothing else', () => {
  let changed = 0;
  for (const [index, before] of profiles.entries()) {
    const { bonus, last_order: order, ...rest } = makeProfile(index, 7, 3);
    const { bonus: oldBonus, last_order: oldOrder, ...oldRest } = before;
    assert.deepEqual(rest, oldRest);
    assert.equal(bonus === oldBonus, order === oldOrder);
    if (bonus !== oldBonus) changed += 1;
  }
  assert.ok(changed > 1_000 && changed < 1_400, `${changed} of 2,000 changed`);
});

test('bad rows are mixed in and counted, all kinds of them', () => {
  const { items, badRows } = makeBatch(options);
  assert.equal(items.length, 2_100);
  assert.deepEqual([...badRows.keys()].sort(), badRowKinds.toSorted());
  assert.equal(
    [...badRows.values()].reduce((sum, rows) => sum + rows, 0),
    40,
  );
  const spoilt = items.flatMap((item, index) => {
    const data = dataOf(item);
    const isWhole = text(data['CRM_ID']) !== '' && text(data['CRM_ID']) <= 'C-002000';
    return isWhole && faultOf(data) === undefined ? [] : [index];
  });
  assert.equal(spoilt.length, 40);
  assert.ok(Math.min(...spoilt) < 500 && Math.max(...spoilt) > 1_600, 'they are spread over the batch');
});

test('second rows come after the first ones of their customers', () => {
  const seen = new Set<string>();
  let seconds = 0;
  let previous = '';
  for (const item of makeBatch(options).items) {
    const id = text(dataOf(item)['CRM_ID']);
    if (id === '' || id > 'C-002000') continue;
    if (seen.has(id)) seconds += 1;
    else {
      assert.ok(id > previous, `${id} after ${previous}`);
      previous = id;
    }
    seen.add(id);
  }
  assert.equal(seconds, 60);
  assert.equal(seen.size, 2_000);
});

test('Russian names in Latin letters and as women bear them', () => {
  assert.equal(transliterate('Щукин-Ёжиков'), 'shchukin-ezhikov');
  assert.equal(transliterate('Подъячева Юлия'), 'podyacheva yuliya');
  assert.equal(toFeminine('Ковалёв'), 'Ковалёва');
  assert.equal(toFeminine('Горский'), 'Горская');
});
