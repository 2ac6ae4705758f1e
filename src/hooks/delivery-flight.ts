import { backoffMs, type Clock, type Log, type Signals, toError } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import type { Hook } from './hook.ts';
import type { HookSender } from './hook-sender.ts';
import { judgeDelivery, nextTry } from './judge-delivery.ts';
import type { ClaimedDelivery } from './sql/claim-deliveries.ts';
import { type SettledDelivery, settleDeliveries } from './sql/settle-deliveries.ts';
import { switchOffHooks } from './sql/switch-off-hooks.ts';

const FIRST_WRITE_PAUSE_MS = 200;
const MAX_WRITE_PAUSE_MS = 10_000;
const GONE_REASON = 'the target answered HTTP 410, which asks to be told no more';

export interface FlightDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly sender: HookSender;
  /** Deliveries that are under way at once. */
  readonly concurrency: number;
  /** Tells the cutter that hooks have room for further deliveries. */
  readonly wakeCutter: () => void;
}

export interface ReadyDelivery extends ClaimedDelivery {
  readonly hook: Hook;
  readonly token: string;
}

interface Landed extends SettledDelivery {
  /** The hook to switch off. */
  readonly goneHookId: number | null;
}

/**
 * Deliveries under way and outcomes that are not written yet. Outcomes are written together: while one write runs the
 * next ones gather, so a slow target delays nobody else's outcome.
 */
export class DeliveryFlight {
  readonly #deps: FlightDeps;
  /** Cuts off what is under way. */
  readonly #cutting = new AbortController();
  /** Ends pauses between writes. */
  readonly #landing = new AbortController();
  #underWay = 0;
  #outcomes: Landed[] = [];
  #isWriting = false;
  #changed = Promise.withResolvers<void>();

  constructor(deps: FlightDeps) {
    this.#deps = deps;
  }

  get free(): number {
    return this.#deps.concurrency - this.#underWay;
  }

  /** Resolves when a delivery has ended or outcomes were written. */
  change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Lets those who wait for a change look again. */
  tell(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    told.resolve();
  }

  launch(deliveries: readonly ReadyDelivery[]): void {
    this.#underWay += deliveries.length;
    for (const delivery of deliveries) void this.#send(delivery);
  }

  /** What throws here is a bug or a database that does not answer: the delivery comes back when its lease is over. */
  async #send(delivery: ReadyDelivery): Promise<void> {
    const { sender, log, signals } = this.#deps;
    try {
      const outcome = await sender.send(delivery.hook, delivery, this.#cutting.signal);
      await signals.reach('hook.after-send');
      const isCutOff = this.#cutting.signal.aborted && outcome.kind === 'fault';
      this.#outcomes.push(isCutOff ? this.#released(delivery) : await this.#judged(delivery, outcome));
    } catch (thrown) {
      log.error(
        { err: toError(thrown), delivery: delivery.id, hook: delivery.hookId },
        'a delivery met a fault; it is tried again after its lease',
      );
    } finally {
      this.#underWay -= 1;
      if (!this.#isWriting) void this.#writeAll();
      this.tell();
    }
  }

  #released({ id, token }: ReadyDelivery): Landed {
    const dueAt = this.#deps.clock.now();
    const nothing = { httpStatus: null, fault: null, answer: null, goneHookId: null };
    return { id, token, status: 'queued', dueAt, isTried: false, ...nothing };
  }

  async #judged(delivery: ReadyDelivery, outcome: Parameters<typeof judgeDelivery>[2]): Promise<Landed> {
    const { db, clock } = this.#deps;
    const { id, token, hook, attempts, giveUpAt } = delivery;
    const now = clock.now();
    const verdict = await judgeDelivery(db, hook.successPattern, outcome, now);
    const { httpStatus, fault, answer } = verdict;
    const dueAt = verdict.isDone ? null : nextTry(verdict, attempts + 1, giveUpAt, now);
    const status = verdict.isDone ? 'done' : dueAt === null ? 'parked' : 'queued';
    const goneHookId = verdict.isGone ? hook.id : null;
    return { id, token, status, dueAt, isTried: true, httpStatus, fault, answer, goneHookId };
  }

  async #write(outcomes: readonly Landed[]): Promise<void> {
    const { db, clock, signals, wakeCutter } = this.#deps;
    const gone = outcomes.flatMap(({ goneHookId }) => goneHookId ?? []);
    const now = clock.now();
    const settled = await withTx(db, async (tx) => {
      if (gone.length > 0) await switchOffHooks(tx, gone, GONE_REASON, now);
      return settleDeliveries(tx, outcomes, now);
    });
    wakeCutter();
    signals.report('hook', 'settled', settled);
  }

  /**
   * Outcomes that could not be written stay with those that come after them and are written later: what a target has
   * taken is not sent to it again because the database was away for a moment. When the process ends, there is one
   * last try.
   */
  async #writeAll(): Promise<void> {
    const { clock, log } = this.#deps;
    this.#isWriting = true;
    for (let failures = 0; this.#outcomes.length > 0; ) {
      const outcomes = this.#outcomes;
      this.#outcomes = [];
      const isLast = this.#landing.signal.aborted;
      try {
        await this.#write(outcomes);
        failures = 0;
      } catch (thrown) {
        failures += 1;
        log.error(
          { err: toError(thrown), deliveries: outcomes.length },
          'outcomes of deliveries could not be written',
        );
        if (isLast) continue;
        this.#outcomes = [...outcomes, ...this.#outcomes];
        await clock.sleep(
          backoffMs(failures, FIRST_WRITE_PAUSE_MS, MAX_WRITE_PAUSE_MS),
          this.#landing.signal,
        );
      }
    }
    // In one go with the look that found nothing left, or an outcome that comes in between would wait for the next.
    this.#isWriting = false;
    this.tell();
  }

  /** Waits until all have ended and their outcomes are written; those that take longer than `ms` are cut off. */
  async land(ms: number): Promise<void> {
    const landed = new AbortController();
    this.#landing.abort();
    const cutOff = this.#deps.clock.sleep(ms, landed.signal).then(() => this.#cutting.abort());
    while (this.#underWay > 0 || this.#isWriting) await this.change();
    landed.abort();
    await cutOff;
  }
}
