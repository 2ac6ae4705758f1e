import type { JsonObject, JsonValue } from '../src/base/index.ts';
import { makeBadRow } from './bad-rows.ts';
import { makeProfile } from './profiles.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

export interface BatchOptions {
  /** Customers, each once and in order. */
  readonly profiles: number;
  /** Rows that must fail, mixed in. */
  readonly bad: number;
  /** Second rows of customers that stand further up, mixed in. */
  readonly duplicates: number;
  readonly seed: number;
  /** How many batches came before this one: some values change with it, and nothing else does. */
  readonly revision: number;
}

export interface Batch {
  /** Items as the request's `data` takes them. */
  readonly items: readonly JsonValue[];
  /** Bad rows by kind. */
  readonly badRows: ReadonlyMap<string, number>;
}

/** Content that an item brings itself: it came from the shop's counter, the others from the web. */
export const SHOP_CONTENT = { campaign: 'Autumn', channel: 'shop' };
export const WEB_CONTENT = { campaign: 'Autumn', channel: 'web' };
const SHOP_SHARE = 0.3;

function makeItem(random: SeededRandom, data: JsonObject): JsonObject {
  return random.chance(SHOP_SHARE) ? { data, content: SHOP_CONTENT } : { data };
}

/** Sorted places in a list of `length`, `count` of them. */
function choosePlaces(random: SeededRandom, count: number, length: number): number[] {
  return Array.from({ length: count }, () => random.whole(1, length)).sort((left, right) => left - right);
}

/** Makes the demo's batch. The same options give the same batch. */
export function makeBatch(options: BatchOptions): Batch {
  const { profiles, bad, duplicates, seed, revision } = options;
  const random = createSeededRandom(seed, -1);
  const badPlaces = choosePlaces(random, bad, profiles);
  const duplicatePlaces = choosePlaces(random, duplicates, profiles);
  const items: JsonValue[] = [];
  const badRows = new Map<string, number>();
  let [badDone, duplicatesDone] = [0, 0];
  for (let index = 0; index < profiles; index += 1) {
    items.push(makeItem(random, makeProfile(index, seed, revision)));
    const placed = index + 1;
    for (; badPlaces[badDone] === placed; badDone += 1) {
      // Their customers are beyond the good ones, so that a row that should fail never hides in one that did not.
      const { kind, item } = makeBadRow(badDone, makeProfile(profiles + badDone, seed, revision));
      badRows.set(kind, (badRows.get(kind) ?? 0) + 1);
      items.push(item);
    }
    for (; duplicatePlaces[duplicatesDone] === placed; duplicatesDone += 1) {
      const again = makeProfile(random.whole(0, index), seed, revision);
      items.push({ data: { ...again, bonus: random.whole(1_000, 2_000) } });
    }
  }
  return { items, badRows };
}
