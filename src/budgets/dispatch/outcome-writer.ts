import { backoffMs, toError } from '../../base/index.ts';
import type { Refusal } from '../../db/index.ts';
import { reportReach } from '../budgets.ts';
import type { Claimed, Dispatch, Ending } from './dispatch.ts';

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 10_000;
/** Outcomes of one transaction. */
const MAX_WRITTEN = 500;

interface WriterEvents<Row, Settled> {
  /** The breakers know of these endings. */
  readonly reported: (endings: readonly Ending<Row, Settled>[]) => void;
  /** Told of every ending once: when it is written, or given up. */
  readonly written: (endings: readonly Ending<Row, Settled>[]) => void;
}

/**
 * Writes outcomes together: while one write runs the next ones gather, so a slow target delays nobody else's outcome and
 * a fast one costs few statements. What cannot be written is kept and written again until the lease of its row is over:
 * then another worker has taken the row up.
 */
export class OutcomeWriter<Row extends Claimed, Settled> {
  readonly #deps: Dispatch<Row, Settled>;
  /** Cuts the pauses short: what cannot be written now is given up. */
  readonly #hurry: AbortSignal;
  readonly #tell: WriterEvents<Row, Settled>;
  readonly #waiting: Ending<Row, Settled>[] = [];
  #isWriting = false;

  constructor(deps: Dispatch<Row, Settled>, hurry: AbortSignal, tell: WriterEvents<Row, Settled>) {
    this.#deps = deps;
    this.#hurry = hurry;
    this.#tell = tell;
  }

  add(ending: Ending<Row, Settled>): void {
    this.#waiting.push(ending);
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      // What ends in this turn of the process is written with it.
      await null;
      const endings = this.#waiting.splice(0, MAX_WRITTEN);
      await this.#report(endings);
      this.#tell.reported(endings);
      await this.#writeUntilDone(endings);
    }
    // In one go with the look that found nothing left, or an ending that comes in between would wait for the next.
    this.#isWriting = false;
  }

  async #writeUntilDone(endings: readonly Ending<Row, Settled>[]): Promise<void> {
    const { clock, log, name } = this.#deps;
    let left = endings;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      try {
        const refusal = await this.#write(left);
        if (refusal !== undefined) return this.#writeEach(left, refusal);
        this.#tell.written(left);
        return;
      } catch (thrown) {
        const now = clock.now();
        const over = left.filter(({ row }) => row.leaseEnd <= now || this.#hurry.aborted);
        left = left.filter((ending) => !over.includes(ending));
        const fields = { err: toError(thrown), outbox: name, kept: left.length, given_up: over.length };
        log.error(fields, 'outcomes could not be written; they are kept until their lease is over');
        this.#tell.written(over);
        if (left.length > 0) await clock.sleep(backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS), this.#hurry);
      }
    }
  }

  /** PostgreSQL does not take one of them: the others must not be lost with it. */
  async #writeEach(endings: readonly Ending<Row, Settled>[], refusal: Refusal): Promise<void> {
    const [only] = endings;
    if (endings.length > 1) {
      for (const ending of endings) await this.#writeUntilDone([ending]);
    } else if (only !== undefined) {
      const { log, name, budgetKey } = this.#deps;
      const fields = { refusal, outbox: name, key: budgetKey(only.row.place), id: only.row.id };
      log.error(fields, 'PostgreSQL does not take an outcome; it is tried again later');
      this.#tell.written(endings);
    }
  }

  async #write(endings: readonly Ending<Row, Settled>[]): Promise<Refusal | undefined> {
    const { clock, signals, name } = this.#deps;
    const released = endings.filter(({ outcome }) => outcome === undefined);
    if (released.length > 0) await this.#deps.release(released, clock.now());
    const outcomes = endings.flatMap(({ outcome }) => outcome ?? []);
    if (outcomes.length === 0) return undefined;
    const settled = await this.#deps.settle(outcomes, clock.now());
    if (!settled.ok) return settled.error;
    this.#deps.onSettled();
    await signals.reach(`${name}.after-settle`);
    signals.report(name, 'settled', settled.value);
    return undefined;
  }

  /**
   * Before the outcomes are written, and once: a place that is half open must be known to have failed when its one try is
   * no longer under way. A breaker that cannot be told holds up no outcome.
   */
  async #report(endings: readonly Ending<Row, Settled>[]): Promise<void> {
    const { db, clock, log, onBreaker } = this.#deps;
    for (const [place, tries] of countReach(endings)) {
      const key = this.#deps.budgetKey(place);
      try {
        const change = await reportReach(db, key, tries, clock.now());
        if (change === undefined) continue;
        log.warn({ key, reason: tries.reason }, `the breaker of ${key} has ${change}`);
        onBreaker?.(key, change);
      } catch (thrown) {
        log.error({ err: toError(thrown), key }, 'a breaker could not be told');
      }
    }
  }
}

function countReach<Row extends Claimed, Settled>(endings: readonly Ending<Row, Settled>[]) {
  const places = new Map<string, { reached: number; unreachable: number; reason: string | null }>();
  for (const { row, reach, reason } of endings) {
    if (reach === undefined) continue;
    const tries = places.get(row.place) ?? { reached: 0, unreachable: 0, reason: null };
    tries[reach] += 1;
    if (reach === 'unreachable') tries.reason = reason;
    places.set(row.place, tries);
  }
  return places;
}
