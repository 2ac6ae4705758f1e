import { newUuid } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop } from '../../db/index.ts';
import type { Claimed, Dispatch } from './dispatch.ts';
import { type Claim, Flight } from './flight.ts';
import { PlaceTurns } from './place-turns.ts';

const IDLE_MS = 500;
/** How long tries under way may take to end when the dispatcher stops. */
const LANDING_MS = 5_000;

/** Finds the next place that rows can be claimed for. */
class Claimer<Row extends Claimed, Settled> {
  readonly #deps: Dispatch<Row, Settled>;
  readonly #flight: Flight<Row, Settled>;
  readonly #turns: PlaceTurns;
  readonly #stopping: AbortSignal;
  readonly #wake: () => void;

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

  /** Claims for one place; waits for room as long as that is what lacks. Undefined = nothing is due that may go out. */
  async claim(): Promise<Claim<Row> | undefined> {
    while (!this.#stopping.aborted) {
      // Taken before the round, so that a change during it is not lost.
      const change = this.#flight.change();
      const found = await this.#round();
      if (found !== 'no room') return found;
      await this.#waitFor(change);
    }
    return undefined;
  }

  async #round(): Promise<Claim<Row> | undefined | 'no room'> {
    const { clock } = this.#deps;
    let isFresh = false;
    let lacksRoom = false;
    // Also between two places: what a stop has cut off makes room that nobody is to use any more.
    while (!this.#stopping.aborted) {
      const place = this.#turns.next();
      if (place === undefined) {
        if (isFresh) break;
        await this.#turns.refill(clock.now());
        isFresh = true;
        continue;
      }
      const limit = this.#flight.roomFor(place);
      const claimed = limit === 0 ? 'no room' : await this.#claimFor(place, limit);
      if (claimed === 'no room') lacksRoom = true;
      else if (claimed !== undefined) return claimed;
    }
    if (lacksRoom) return 'no room';
    this.#wakeAtRest();
    return undefined;
  }

  async #claimFor(place: string, limit: number): Promise<Claim<Row> | undefined | 'no room'> {
    const now = this.#deps.clock.now();
    const token = newUuid();
    // Before the claim: rows that end while it counts them make room that it does not see.
    const hadRows = this.#flight.hasRowsTo(place);
    const turn = await this.#deps.claim(place, { token, now, limit });
    if (turn.rows.length > 0) return { token, rows: turn.rows };
    if (turn.held > 0) this.#turns.again(place);
    if (turn.nextAt !== null) this.#turns.rest(place, turn.nextAt, now);
    // When others fill it there is nothing to wait for here.
    return turn.isFull && (hadRows || this.#flight.hasRowsTo(place)) ? 'no room' : undefined;
  }

  /** A place that was left alone may be asked before the loop looks by itself. */
  #wakeAtRest(): void {
    const ms = this.#restMs();
    if (ms < IDLE_MS) void this.#deps.clock.sleep(ms, this.#stopping).then(this.#wake);
  }

  #restMs(): number {
    return (this.#turns.nextWake ?? Infinity) - this.#deps.clock.now().getTime();
  }

  /** Rows that other workers have put off come due without a sign, so it looks again by itself too. */
  async #waitFor(change: Promise<void>): Promise<void> {
    const changed = new AbortController();
    const pause = this.#deps.clock.sleep(Math.min(IDLE_MS, this.#restMs()), changed.signal);
    await Promise.race([change, pause]);
    changed.abort();
  }
}

/**
 * The loop of an outbox: place by place in turn, as much to each as its budget and the places of this process allow. It
 * does not wait for tries to end before it claims more. `stop` lets tries under way end; those that take too long are
 * cut off.
 */
export function createDispatcher<Row extends Claimed, Settled>(deps: Dispatch<Row, Settled>): ClaimLoop {
  const { clock, log, signals, name } = deps;
  const flight = new Flight(deps);
  const stopping = new AbortController();
  const claimer = new Claimer(deps, flight, stopping.signal, () => wake());

  const loop = createClaimLoop<Claim<Row>>({
    name,
    concurrency: 1,
    idleMs: IDLE_MS,
    clock,
    log,
    // What it calls settled is only launched; the flight reports outcomes when they are written.
    signals: {
      reach: (point) => signals.reach(point),
      report: (loopName, event, rows) => {
        if (event === 'idle') signals.report(loopName, event, rows);
      },
    },
    claim: () => claimer.claim(),
    work: async (claimed) => {
      await signals.reach(`${name}.claimed`);
      flight.launch(claimed);
      return claimed.rows.length;
    },
  });

  function wake(): void {
    // The loop may wait for room, which a newcomer does not lack.
    flight.tell();
    loop.wake();
  }
  return {
    ...loop,
    wake,
    stop: async () => {
      stopping.abort();
      const landed = new AbortController();
      const cutOff = clock.sleep(LANDING_MS, landed.signal).then(() => flight.cutOff());
      flight.tell();
      // The loop ends first, since a claim that is under way still launches its calls.
      await loop.stop();
      await flight.land();
      landed.abort();
      await cutOff;
    },
  };
}
