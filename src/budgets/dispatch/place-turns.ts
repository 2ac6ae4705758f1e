import type { DueSearch } from './dispatch.ts';

/** Places that one look into the database brings. */
const PAGE = 256;
/** A place that cannot be claimed for is left alone at most so long: another worker may find it well before that. */
const MAX_REST_MS = 5_000;

/**
 * Whose turn it is: places with due rows one after the other, in a circle, so that however many rows a place has it is
 * asked once in a round.
 */
export class PlaceTurns {
  readonly #findDue: (search: DueSearch) => Promise<string[]>;
  #queue: string[] = [];
  #last = '';
  readonly #resting = new Map<string, number>();

  constructor(findDue: (search: DueSearch) => Promise<string[]>) {
    this.#findDue = findDue;
  }

  /** The places of the next round, beginning behind the one that has had its turn last. */
  async refill(now: Date): Promise<void> {
    const time = now.getTime();
    for (const [place, until] of this.#resting) if (until <= time) this.#resting.delete(place);
    const search = { now, rest: [...this.#resting.keys()], limit: PAGE };
    this.#queue = await this.#findDue({ ...search, after: this.#last });
    if (this.#last === '' || this.#queue.length === PAGE) return;
    const limit = PAGE - this.#queue.length;
    const first = await this.#findDue({ ...search, after: '', limit });
    const known = new Set(this.#queue);
    this.#queue.push(...first.filter((place) => !known.has(place)));
  }

  /** The place whose turn it is; undefined when the round is over. */
  next(): string | undefined {
    const place = this.#queue.shift();
    if (place !== undefined) this.#last = place;
    return place;
  }

  /** Gives the turn back: the place has more. */
  again(place: string): void {
    this.#queue.unshift(place);
  }

  /** Leaves the place out of the rounds for a while. */
  rest(place: string, until: Date, now: Date): void {
    this.#resting.set(place, Math.min(until.getTime(), now.getTime() + MAX_REST_MS));
  }

  /** When the first of those that rest is to be asked again; undefined = none rests. */
  get nextWake(): number | undefined {
    return this.#resting.size === 0 ? undefined : Math.min(...this.#resting.values());
  }
}
