import { newUuid } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop } from '../../db/index.ts';
import { claimForSender } from './claim-for-sender.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import { type MessageClaim, MessageFlight } from './message-flight.ts';
import { SenderTurns } from './sender-turns.ts';

const IDLE_MS = 500;
/** How long tries under way may take to end when the dispatcher stops. */
const LANDING_MS = 5_000;
const noLimits = { concurrency: null, perSecond: null };

/** Finds the next sender that messages can be claimed for. */
class MessageClaimer {
  readonly #deps: MessageDispatcherDeps;
  readonly #flight: MessageFlight;
  readonly #turns: SenderTurns;
  readonly #stopping: AbortSignal;
  readonly #wake: () => void;

  constructor(deps: MessageDispatcherDeps, flight: MessageFlight, stopping: AbortSignal, wake: () => void) {
    this.#deps = deps;
    this.#flight = flight;
    this.#turns = new SenderTurns(deps.db);
    this.#stopping = stopping;
    this.#wake = wake;
  }

  /** Claims for one sender; waits for room as long as that is what lacks. Undefined = nothing is due that may go out. */
  async claim(): Promise<MessageClaim | undefined> {
    while (!this.#stopping.aborted) {
      // Taken before the round, so that a change during it is not lost.
      const change = this.#flight.change();
      const found = await this.#round();
      if (found !== 'no room') return found;
      await this.#waitFor(change);
    }
    return undefined;
  }

  async #round(): Promise<MessageClaim | undefined | 'no room'> {
    const { clock } = this.#deps;
    let isFresh = false;
    let lacksRoom = false;
    for (;;) {
      const sender = this.#turns.next();
      if (sender === undefined) {
        if (isFresh) break;
        await this.#turns.refill(clock.now());
        isFresh = true;
        continue;
      }
      const limit = this.#flight.roomFor(sender);
      const claimed = limit === 0 ? 'no room' : await this.#claimFor(sender, limit);
      if (claimed === 'no room') lacksRoom = true;
      else if (claimed !== undefined) return claimed;
    }
    if (lacksRoom) return 'no room';
    this.#wakeAtRest();
    return undefined;
  }

  async #claimFor(senderId: number, limit: number): Promise<MessageClaim | undefined | 'no room'> {
    const { db, clock, loadSender, tryMs } = this.#deps;
    const now = clock.now();
    const token = newUuid();
    const sender = await loadSender(db, senderId);
    const leaseSeconds = this.#deps.leaseSeconds + Math.ceil(tryMs / 1000);
    const order = { senderId, token, now, leaseSeconds, limit };
    const turn = await claimForSender(this.#deps, sender?.limits ?? noLimits, order);
    if (turn.messages.length > 0) return { token, senderId, sender, messages: turn.messages };
    if (turn.held > 0) this.#turns.again(senderId);
    if (turn.nextAt !== null) this.#turns.rest(senderId, turn.nextAt, now);
    // When others fill it there is nothing to wait for here.
    return turn.isFull && this.#flight.hasMessagesOf(senderId) ? 'no room' : undefined;
  }

  /** A sender that was left alone may be asked before the loop looks by itself. */
  #wakeAtRest(): void {
    const ms = this.#restMs();
    if (ms < IDLE_MS) void this.#deps.clock.sleep(ms, this.#stopping).then(this.#wake);
  }

  #restMs(): number {
    return (this.#turns.nextWake ?? Infinity) - this.#deps.clock.now().getTime();
  }

  /** Messages that other workers have put off come due without a sign, so it looks again by itself too. */
  async #waitFor(change: Promise<void>): Promise<void> {
    const changed = new AbortController();
    const pause = this.#deps.clock.sleep(Math.min(IDLE_MS, this.#restMs()), changed.signal);
    await Promise.race([change, pause]);
    changed.abort();
  }
}

/**
 * The loop that sends messages: sender by sender in turn, as many of each as its budget and the places of this process
 * allow. It does not wait for tries before it claims more. `stop` lets tries under way end; those that take too long are
 * cut off and are due again at once, except those whose node does not let them be repeated.
 */
export function createMessageDispatcher(deps: MessageDispatcherDeps): ClaimLoop {
  const { clock, log, signals } = deps;
  const flight = new MessageFlight(deps);
  const stopping = new AbortController();
  const claimer = new MessageClaimer(deps, flight, stopping.signal, () => wake());

  const loop = createClaimLoop<MessageClaim>({
    name: 'message',
    concurrency: 1,
    idleMs: IDLE_MS,
    clock,
    log,
    // What it calls settled is only launched; the writer reports outcomes when they are written.
    signals: {
      reach: (point) => signals.reach(point),
      report: (name, event, rows) => {
        if (event === 'idle') signals.report(name, event, rows);
      },
    },
    claim: () => claimer.claim(),
    work: async (claimed) => {
      await signals.reach('message.claimed');
      await flight.launch(claimed);
      return claimed.messages.length;
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
      // The loop ends first, since a claim that is under way still launches its messages.
      await loop.stop();
      await flight.land();
      landed.abort();
      await cutOff;
    },
  };
}
