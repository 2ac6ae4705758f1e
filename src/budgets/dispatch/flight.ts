import { toError } from '../../base/index.ts';
import type { Claimed, Dispatch, Ending } from './dispatch.ts';
import { OutcomeWriter } from './outcome-writer.ts';

/** Fewer places than this part of what a target has are not worth a claim of their own while it has rows under way. */
const CLAIM_SHARE = 4;

export interface Claim<Row> {
  readonly token: string;
  readonly rows: readonly Row[];
}

/** The rows of this process from their claim until their outcome is written: each takes a place as long. */
export class Flight<Row extends Claimed, Settled> {
  readonly #deps: Dispatch<Row, Settled>;
  readonly #stopping = new AbortController();
  readonly #writer: OutcomeWriter<Row, Settled>;
  readonly #byPlace = new Map<string, number>();
  #taken = 0;
  #changed = Promise.withResolvers<void>();

  constructor(deps: Dispatch<Row, Settled>) {
    this.#deps = deps;
    this.#writer = new OutcomeWriter(deps, this.#stopping.signal, (endings) =>
      this.#leave(endings.map(({ row }) => row)),
    );
  }

  /** Resolves when places have become free. */
  change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Lets those who wait for a change look again. */
  tell(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    told.resolve();
  }

  hasRowsTo(place: string): boolean {
    return this.#byPlace.has(place);
  }

  /**
   * How many rows may be claimed for a target now: no more than it then leaves free, or the last one. So a target has
   * half of all at most, however much of its budget is left, and the next slow one half of the rest: there is room for
   * those that come anew.
   */
  roomFor(place: string): number {
    const own = this.#byPlace.get(place) ?? 0;
    const room = Math.max(0, Math.ceil((this.#deps.places - this.#taken - own) / 2));
    return own > 0 && room < (own + room) / CLAIM_SHARE ? 0 : room;
  }

  launch({ token, rows }: Claim<Row>): void {
    this.#taken += rows.length;
    for (const { place } of rows) this.#byPlace.set(place, (this.#byPlace.get(place) ?? 0) + 1);
    void this.#carry(rows, token);
  }

  async #carry(rows: readonly Row[], token: string): Promise<void> {
    const left = new Set(rows);
    const tell = (ending: Ending<Row, Settled>): void => {
      if (left.delete(ending.row)) this.#writer.add(ending);
    };
    try {
      await this.#deps.carry(rows, token, this.#stopping.signal, tell);
    } catch (thrown) {
      const { log, name, budgetKey } = this.#deps;
      const ids = [...left].map(({ id }) => id);
      const keys = new Set(rows.map(({ place }) => budgetKey(place)));
      log.error(
        { err: toError(thrown), outbox: name, keys: [...keys], ids },
        'a try met a fault; it is made again after its lease',
      );
    }
    this.#leave([...left]);
  }

  #leave(rows: readonly Row[]): void {
    this.#taken -= rows.length;
    for (const { place } of rows) {
      const left = (this.#byPlace.get(place) ?? 0) - 1;
      if (left > 0) this.#byPlace.set(place, left);
      else this.#byPlace.delete(place);
    }
    this.tell();
  }

  /** Ends tries under way, and gives up outcomes that cannot be written now. */
  cutOff(): void {
    this.#stopping.abort();
  }

  /** Waits until all rows have ended and their outcomes are written. */
  async land(): Promise<void> {
    while (this.#taken > 0) await this.change();
  }
}
