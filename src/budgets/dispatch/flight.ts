import { toError } from '../../base/index.ts';
import type { Claimed, Dispatch, EndedClaim, Ending } from './dispatch.ts';
import { OutcomeWriter } from './outcome-writer.ts';

/** Fewer places than this part of what a target has are not worth a claim of their own while it has rows under way. */
const CLAIM_SHARE = 4;

export interface Claim<Row> {
  readonly token: string;
  readonly rows: readonly Row[];
}

/** The rows of one place. */
interface PlaceRows {
  underWay: number;
  /** Not under way any more, and not written yet. */
  readonly ended: Map<string, EndedClaim>;
}

/**
 * The rows of this process from their claim until their outcome is written. Each takes a place until it has ended;
 * writing is not waited for, or a fast target would stand idle meanwhile. What waits to be written is bounded apart.
 */
export class Flight<Row extends Claimed, Settled> {
  readonly #deps: Dispatch<Row, Settled>;
  readonly #stopping = new AbortController();
  readonly #writer: OutcomeWriter<Row, Settled>;
  readonly #byPlace = new Map<string, PlaceRows>();
  #underWay = 0;
  #unwritten = 0;
  #changed = Promise.withResolvers<void>();

  constructor(deps: Dispatch<Row, Settled>) {
    this.#deps = deps;
    this.#writer = new OutcomeWriter(deps, this.#stopping.signal, {
      // A half open place must be known to have failed when its one try is no longer under way.
      reported: (endings) => this.#end(endings.filter(({ reach }) => reach === 'unreachable')),
      written: (endings) => this.#forget(endings),
    });
  }

  /** Resolves when places have become free, or outcomes were written. */
  change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Lets those who wait for a change look again. */
  tell(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    told.resolve();
  }

  underWayTo(place: string): number {
    return this.#byPlace.get(place)?.underWay ?? 0;
  }

  /** Under way, or not written yet. */
  hasRowsTo(place: string): boolean {
    return this.#byPlace.has(place);
  }

  endedTo(place: string): EndedClaim[] {
    return [...(this.#byPlace.get(place)?.ended.values() ?? [])];
  }

  /**
   * How many rows may be claimed for a target now: no more than it then leaves free, or the last one. So a target has
   * half of all at most, however much of its budget is left, and the next slow one half of the rest: there is room for
   * those that come anew.
   */
  roomFor(place: string): number {
    const { places } = this.#deps;
    const own = this.underWayTo(place);
    const free = Math.ceil((places - this.#underWay - own) / 2);
    const room = Math.max(0, Math.min(free, places - this.#unwritten));
    return own > 0 && room < (own + room) / CLAIM_SHARE ? 0 : room;
  }

  launch({ token, rows }: Claim<Row>): void {
    this.#underWay += rows.length;
    for (const { place } of rows) {
      const known = this.#byPlace.get(place);
      if (known === undefined) this.#byPlace.set(place, { underWay: 1, ended: new Map() });
      else known.underWay += 1;
    }
    void this.#carry(rows, token);
  }

  async #carry(rows: readonly Row[], token: string): Promise<void> {
    const left = new Set(rows);
    const tell = (ending: Ending<Row, Settled>): void => {
      if (!left.delete(ending.row)) return;
      this.#unwritten += 1;
      if (ending.reach !== 'unreachable') this.#end([ending]);
      this.#writer.add(ending);
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
    for (const { place } of left) this.#land(place);
    this.tell();
  }

  /** They have ended: their places are free. */
  #end(endings: readonly Ending<Row, Settled>[]): void {
    for (const { row, token } of endings) {
      this.#byPlace.get(row.place)?.ended.set(keyOf(row.id, token), { id: row.id, token });
      this.#land(row.place);
    }
    if (endings.length > 0) this.tell();
  }

  #land(place: string): void {
    const rows = this.#byPlace.get(place);
    if (rows === undefined) return;
    this.#underWay -= 1;
    rows.underWay -= 1;
    this.#dropEmpty(place, rows);
  }

  #forget(endings: readonly Ending<Row, Settled>[]): void {
    this.#unwritten -= endings.length;
    for (const { row, token } of endings) {
      const rows = this.#byPlace.get(row.place);
      if (rows === undefined) continue;
      rows.ended.delete(keyOf(row.id, token));
      this.#dropEmpty(row.place, rows);
    }
    this.tell();
  }

  #dropEmpty(place: string, { underWay, ended }: PlaceRows): void {
    if (underWay === 0 && ended.size === 0) this.#byPlace.delete(place);
  }

  /** Ends tries under way, and gives up outcomes that cannot be written now. */
  cutOff(): void {
    this.#stopping.abort();
  }

  /** Waits until all rows have ended and their outcomes are written. */
  async land(): Promise<void> {
    while (this.#underWay + this.#unwritten > 0) await this.change();
  }
}

/** A row may be claimed anew while its last outcome waits to be written. */
function keyOf(id: string, token: string): string {
  return `${token} ${id}`;
}
