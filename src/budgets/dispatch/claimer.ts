import { newUuid } from '../../base/index.ts';
import type { Claimed, Dispatch } from './dispatch.ts';
import type { Claim, Flight } from './flight.ts';
import { PlaceTurns } from './place-turns.ts';

/** After so long the database is asked again which places have due rows, and whether a full one is full still. */
export const LOOK_MS = 500;
/** A place that was full is asked again when this part of what it had under way then has ended. */
const FULL_SHARE = 4;

/** Finds the next place that rows can be claimed for. */
export class Claimer<Row extends Claimed, Settled> {
  readonly #deps: Dispatch<Row, Settled>;
  readonly #flight: Flight<Row, Settled>;
  readonly #turns: PlaceTurns;
  readonly #stopping: AbortSignal;
  readonly #wake: () => void;
  /** Places that were passed over in this round for want of room, here or in their budget. */
  readonly #lacking = new Set<string>();
  /** What places whose budget was full may have under way before they are asked again. */
  readonly #fullAbove = new Map<string, number>();
  #isStale = true;
  #lookedAt = 0;

  constructor(
    deps: Dispatch<Row, Settled>,
    flight: Flight<Row, Settled>,
    stopping: AbortSignal,
    wake: () => void,
  ) {
    this.#deps = deps;
    this.#flight = flight;
    this.#turns = new PlaceTurns((search) => deps.findDue(search));
    this.#stopping = stopping;
    this.#wake = wake;
  }

  /** Places may have rows that had none. */
  lookAnew(): void {
    this.#isStale = true;
    this.#flight.tell();
  }

  /** Claims for one place; waits for room as long as that is what lacks. Undefined = nothing is due that may go out. */
  async claim(): Promise<Claim<Row> | undefined> {
    while (!this.#stopping.aborted) {
      // Taken before the round, so that a change during it is not lost.
      const change = this.#flight.change();
      const found = await this.#round();
      if (found !== 'no room') return found;
      await this.#waitForRoom(change);
    }
    return undefined;
  }

  async #round(): Promise<Claim<Row> | undefined | 'no room'> {
    let isFresh = this.#mustLook();
    if (isFresh) await this.#look();
    // Also between two places: what a stop has cut off makes room that nobody is to use any more.
    while (!this.#stopping.aborted) {
      const place = this.#turns.next();
      if (place === undefined) {
        // Those that lack room are all there is, as far as is known.
        if (isFresh || this.#lacking.size > 0) break;
        await this.#look();
        isFresh = true;
        continue;
      }
      const limit = this.#roomFor(place);
      const claimed = limit === 0 ? 'no room' : await this.#claimFor(place, limit);
      if (claimed === 'no room') this.#lacking.add(place);
      else if (claimed !== undefined) return claimed;
    }
    if (this.#lacking.size > 0) return 'no room';
    // What is found next time is found by a look.
    this.#isStale = true;
    this.#wakeAtRest();
    return undefined;
  }

  #mustLook(): boolean {
    return this.#isStale || this.#deps.clock.now().getTime() >= this.#lookedAt + LOOK_MS;
  }

  async #look(): Promise<void> {
    const now = this.#deps.clock.now();
    this.#isStale = false;
    this.#lookedAt = now.getTime();
    this.#lacking.clear();
    await this.#turns.refill(now);
  }

  /** None while a place whose budget was full has about as much under way as then: that would be many small claims. */
  #roomFor(place: string): number {
    const limit = this.#fullAbove.get(place);
    if (limit !== undefined && this.#flight.underWayTo(place) > limit) return 0;
    return this.#flight.roomFor(place);
  }

  async #claimFor(place: string, limit: number): Promise<Claim<Row> | undefined | 'no room'> {
    const now = this.#deps.clock.now();
    const token = newUuid();
    // Before the claim: rows that end while it counts them make room that it does not see.
    const hadRows = this.#flight.hasRowsTo(place);
    const underWay = this.#flight.underWayTo(place);
    const turn = await this.#deps.claim(place, { token, now, limit, ended: this.#flight.endedTo(place) });
    this.#fullAbove.delete(place);
    if (turn.rows.length > 0) {
      if (turn.mayHaveMore ?? turn.rows.length === limit) this.#turns.goRound(place);
      return { token, rows: turn.rows };
    }
    if (turn.held > 0) this.#turns.again(place);
    if (turn.nextAt !== null) this.#turns.rest(place, turn.nextAt, now);
    // When others fill it there is nothing to wait for here.
    if (!turn.isFull || !(hadRows || this.#flight.hasRowsTo(place))) return undefined;
    this.#fullAbove.set(place, underWay - Math.ceil(underWay / FULL_SHARE));
    return 'no room';
  }

  /** A place that was left alone may be asked before the loop looks by itself. */
  #wakeAtRest(): void {
    const ms = this.#restMs();
    if (ms < LOOK_MS) void this.#deps.clock.sleep(ms, this.#stopping).then(this.#wake);
  }

  #restMs(): number {
    return (this.#turns.nextWake ?? Infinity) - this.#deps.clock.now().getTime();
  }

  /**
   * Until a place that lacks room has some, or there may be others. Rows that other workers have put off come due without
   * a sign, so it looks again by itself too.
   */
  async #waitForRoom(change: Promise<void>): Promise<void> {
    const { clock } = this.#deps;
    const changed = new AbortController();
    let isOver = false;
    const pause = clock.sleep(Math.min(LOOK_MS, this.#restMs()), changed.signal).then(() => {
      isOver = true;
    });
    let next = change;
    do {
      await Promise.race([next, pause]);
      next = this.#flight.change();
    } while (!isOver && !this.#isStale && !this.#stopping.aborted && !this.#hasRoom());
    changed.abort();
    if (isOver) this.#fullAbove.clear();
    this.#isStale ||= isOver;
    this.#turns.again(...this.#lacking);
    this.#lacking.clear();
  }

  #hasRoom(): boolean {
    for (const place of this.#lacking) if (this.#roomFor(place) > 0) return true;
    return false;
  }
}
