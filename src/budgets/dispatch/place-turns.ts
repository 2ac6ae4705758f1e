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
  /** Whether the last look has brought all places that were due. */
  #isWhole = false;
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
    this.#isWhole = this.#queue.length < PAGE;
    if (this.#last === '' || !this.#isWhole) return;
    const limit = PAGE - this.#queue.length;
    const first = await this.#findDue({ ...search, after: '', limit });
    const known = new Set(this.#queue);
    this.#queue.push(...first.filter((place) => !known.has(place)));
    this.#isWhole = this.#queue.length < PAGE;
  }

  /** The place whose turn it is; undefined when the round is over. */
  next(): string | undefined {
    const place = this.#queue.shift();
    if (place !== undefined) this.#last = place;
    return place;
  }

  /** Gives turns back: these places come next, in this order. */
  again(...places: readonly string[]): void {
    this.#queue.unshift(...places);
  }

  /**
   * Gives the place the last turn of this round instead of one in the next, which spares a look into the database. Not
   * where that may not have brought all places: they come first.
   */
  goRound(place: string): void {
    if (this.#isWhole) this.#queue.push(place);
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
