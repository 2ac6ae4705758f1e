import { backoffMs, toError } from '../../base/index.ts';
import { type Refusal, withTxOrRefusal } from '../../db/index.ts';
import type { StoredProfile } from '../../profiles/index.ts';
import { releaseMessages } from '../sql/release-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import type { MessageOutcome } from './judge-outcome.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import { type Reach, senderKey } from './sender-budget.ts';
import { settleOutcomes } from './settle-outcomes.ts';

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 10_000;
/** Messages of one transaction: while it runs the next gather. */
const MAX_WRITTEN = 500;

/** How a claimed message has ended here: with an outcome, or without one, so that the claim is given back. */
export interface Landing {
  readonly message: ClaimedMessage;
  readonly token: string;
  /** Undefined = it was not tried. */
  readonly outcome: MessageOutcome | undefined;
  readonly profile: StoredProfile | undefined;
  readonly reach: 'reached' | 'unreachable' | undefined;
  /** Why it was unreachable. */
  readonly reason: string | null;
}

/**
 * Writes outcomes together: while one write runs the next ones gather, so a slow server delays nobody else's outcome and
 * a fast one costs few statements. What cannot be written is kept and written again until the lease of its message is
 * over: then another worker has taken the message up.
 */
export class MessageWriter {
  readonly #deps: MessageDispatcherDeps;
  /** Cuts the pauses short: what cannot be written now is given up. */
  readonly #hurry: AbortSignal;
  readonly #onWritten: (landings: readonly Landing[]) => void;
  readonly #waiting: Landing[] = [];
  #isWriting = false;

  /** `onWritten` is told of every landing once: when it is written, or given up. */
  constructor(
    deps: MessageDispatcherDeps,
    hurry: AbortSignal,
    onWritten: (landings: readonly Landing[]) => void,
  ) {
    this.#deps = deps;
    this.#hurry = hurry;
    this.#onWritten = onWritten;
  }

  add(landing: Landing): void {
    this.#waiting.push(landing);
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      // What ends in this turn of the process is written with it.
      await null;
      const landings = this.#waiting.splice(0, MAX_WRITTEN);
      await this.#report(landings);
      await this.#writeUntilDone(landings);
    }
    // In one go with the look that found nothing left, or a landing that comes in between would wait for the next.
    this.#isWriting = false;
  }

  async #writeUntilDone(landings: readonly Landing[]): Promise<void> {
    const { clock, log } = this.#deps;
    let left = landings;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      try {
        const refusal = await this.#write(left);
        if (refusal !== undefined) return this.#writeEach(left, refusal);
        this.#onWritten(left);
        return;
      } catch (thrown) {
        const now = clock.now();
        const over = left.filter(({ message }) => message.leaseEnd <= now || this.#hurry.aborted);
        left = left.filter((landing) => !over.includes(landing));
        log.error(
          { err: toError(thrown), messages: left.length, given_up: over.length },
          'outcomes of messages could not be written; they are kept until their lease is over',
        );
        if (over.length > 0) this.#onWritten(over);
        if (left.length > 0) await clock.sleep(backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS), this.#hurry);
      }
    }
  }

  /** PostgreSQL does not take one of them: the others must not be lost with it. */
  async #writeEach(landings: readonly Landing[], refusal: Refusal): Promise<void> {
    const [only] = landings;
    if (landings.length > 1) {
      for (const landing of landings) await this.#writeUntilDone([landing]);
    } else if (only !== undefined) {
      this.#deps.log.error(
        { refusal, message: only.message.id },
        'PostgreSQL does not take the outcome of a message; it comes back when its lease is over',
      );
      this.#onWritten(landings);
    }
  }

  async #write(landings: readonly Landing[]): Promise<Refusal | undefined> {
    const { db, clock, signals, wakeEngine } = this.#deps;
    const released = landings.filter(({ outcome }) => outcome === undefined);
    if (released.length > 0) {
      const claims = released.map(({ message: { slot, id }, token }) => ({ slot, id, token }));
      await releaseMessages(db, claims, clock.now());
    }
    const endings = landings.flatMap(({ message, outcome, profile }) =>
      outcome === undefined ? [] : [{ message, outcome, profile }],
    );
    if (endings.length === 0) return undefined;
    const settled = await withTxOrRefusal(db, (tx) => settleOutcomes(tx, this.#deps, endings, clock.now()));
    if (!settled.ok) return settled.error;
    wakeEngine();
    await signals.reach('message.after-settle');
    signals.report('message', 'settled', settled.value.size);
    return undefined;
  }

  /**
   * Before the outcomes are written, and once: a sender that is half open must be known to have failed when its one try is
   * no longer under way. A breaker that cannot be told holds up no outcome.
   */
  async #report(landings: readonly Landing[]): Promise<void> {
    const { db, clock, log, budgets, onBreaker } = this.#deps;
    for (const [senderId, tries] of countReach(landings)) {
      try {
        const key = senderKey(senderId);
        const change = await budgets.report(db, key, tries, clock.now());
        if (change === undefined) continue;
        log.warn({ key, reason: tries.reason }, `the breaker of ${key} has ${change}`);
        onBreaker?.(key, change);
      } catch (thrown) {
        log.error({ err: toError(thrown), senderId }, 'the breaker of a sender could not be told');
      }
    }
  }
}

function countReach(landings: readonly Landing[]): Map<number, Reach> {
  const senders = new Map<number, Reach>();
  for (const { message, reach, reason } of landings) {
    if (reach === undefined) continue;
    const tries = senders.get(message.senderId) ?? { reached: 0, unreachable: 0, reason: null };
    tries[reach] += 1;
    if (reach === 'unreachable') tries.reason = reason;
    senders.set(message.senderId, tries);
  }
  return senders;
}
