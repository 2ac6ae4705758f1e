import type { Db } from '../../db/index.ts';
import { findDueSenders } from '../sql/find-due-senders.ts';

/** Senders that one look into the database brings. */
const PAGE = 256;
/** A sender that cannot be claimed for is left alone at most so long: another worker may find it well before that. */
const MAX_REST_MS = 5_000;

/** Whose turn it is: senders with due messages in a circle, so that however many one has it is asked once in a round. */
export class SenderTurns {
  readonly #db: Db;
  #queue: number[] = [];
  #last = 0;
  readonly #resting = new Map<number, number>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** The senders of the next round, beginning behind the one that has had its turn last. */
  async refill(now: Date): Promise<void> {
    for (const [sender, until] of this.#resting) if (until <= now.getTime()) this.#resting.delete(sender);
    const search = { now, rest: [...this.#resting.keys()], limit: PAGE };
    this.#queue = await findDueSenders(this.#db, { ...search, after: this.#last });
    if (this.#last === 0 || this.#queue.length === PAGE) return;
    const limit = PAGE - this.#queue.length;
    const first = await findDueSenders(this.#db, { ...search, after: 0, limit });
    this.#queue.push(...first.filter((sender) => sender <= this.#last));
  }

  /** The sender whose turn it is; undefined when the round is over. */
  next(): number | undefined {
    const sender = this.#queue.shift();
    if (sender !== undefined) this.#last = sender;
    return sender;
  }

  /** Gives the turn back: the sender has more. */
  again(sender: number): void {
    this.#queue.unshift(sender);
  }

  /** Leaves the sender out of the rounds for a while. */
  rest(sender: number, until: Date, now: Date): void {
    this.#resting.set(sender, Math.min(until.getTime(), now.getTime() + MAX_REST_MS));
  }

  /** When the first of those that rest is to be asked again; undefined = none rests. */
  get nextWake(): number | undefined {
    return this.#resting.size === 0 ? undefined : Math.min(...this.#resting.values());
  }
}
