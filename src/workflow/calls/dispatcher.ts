import { type Clock, type Log, newUuid, type Signals, toError } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../../db/index.ts';
import type { TargetClient } from '../../outbound/index.ts';
import { type ClaimedCall, claimCalls } from '../sql/claim-calls.ts';
import { releaseCalls } from '../sql/release-calls.ts';
import { type SettledCall, settleCalls } from '../sql/settle-calls.ts';
import { judgeOutcome, outcomeLabel } from './judge-outcome.ts';

const IDLE_MS = 500;
/** Bytes of an answer that are read; a run keeps no more. */
const MAX_ANSWER_BYTES = 262_144;
/** Fewer free places than this part of all are not worth a claim of their own while calls are under way. */
const CLAIM_SHARE = 4;

export interface DispatcherDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly client: TargetClient;
  readonly leaseSeconds: number;
  /** Calls that are under way at once. */
  readonly concurrency: number;
  /** Milliseconds of one try and how it ended, for the metrics. */
  readonly observeCall: (ms: number, outcome: string) => void;
  /** Tells the engine that runs can go on. */
  readonly wakeEngine: () => void;
}

interface Claim {
  readonly token: string;
  readonly calls: readonly ClaimedCall[];
}

/**
 * Calls under way and outcomes that are not written yet. Outcomes are written together: while one write runs the next
 * ones gather, so a slow target delays nobody else's outcome and a fast one costs few statements.
 */
class Flight {
  readonly #deps: DispatcherDeps;
  readonly #stopping = new AbortController();
  #underWay = 0;
  #outcomes: SettledCall[] = [];
  #released: { slot: number; id: string; token: string }[] = [];
  #isWriting = false;
  #changed = Promise.withResolvers<void>();

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  get free(): number {
    return this.#deps.concurrency - this.#underWay;
  }

  /** Resolves when a call has ended or an outcome was written. */
  change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Lets those who wait for a change look again. */
  tell(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    told.resolve();
  }

  launch({ token, calls }: Claim): void {
    this.#underWay += calls.length;
    for (const call of calls) void this.#send(call, token);
  }

  /** The client never rejects; what else throws here is a bug, and the call comes back when its lease is over. */
  async #send(call: ClaimedCall, token: string): Promise<void> {
    const { client, clock, log, signals, observeCall } = this.#deps;
    try {
      const started = performance.now();
      const { request } = call;
      const outcome = await client.request({
        method: request.method,
        url: request.url,
        // The same on every try, so that the target can recognise one that it has taken before.
        headers: { 'user-agent': 'Muster', ...request.headers, 'idempotency-key': call.id },
        ...(request.body === null ? {} : { body: request.body }),
        timeoutMs: request.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        signal: this.#stopping.signal,
      });
      observeCall(performance.now() - started, outcomeLabel(outcome));
      await signals.reach('call.after-send');
      if (this.#stopping.signal.aborted && outcome.kind === 'fault') {
        this.#released.push({ slot: call.slot, id: call.id, token });
      } else {
        this.#outcomes.push(judgeOutcome(call, token, outcome, clock.now()));
      }
    } catch (thrown) {
      log.error(
        { err: toError(thrown), call: call.id },
        'an API call met a fault; it is tried again after its lease',
      );
    } finally {
      this.#underWay -= 1;
      if (!this.#isWriting) void this.#writeAll();
      this.tell();
    }
  }

  /** A write that fails is logged; its calls come back when their lease is over, with the same Idempotency-Key. */
  async #writeAll(): Promise<void> {
    const { db, clock, log, signals } = this.#deps;
    this.#isWriting = true;
    while (this.#outcomes.length + this.#released.length > 0) {
      const outcomes = this.#outcomes;
      const released = this.#released;
      this.#outcomes = [];
      this.#released = [];
      try {
        if (released.length > 0) await releaseCalls(db, released, clock.now());
        if (outcomes.length === 0) continue;
        const settled = await settleCalls(db, outcomes, clock.now());
        this.#deps.wakeEngine();
        await signals.reach('call.after-settle');
        signals.report('call', 'settled', settled);
      } catch (thrown) {
        const calls = outcomes.length;
        log.error({ err: toError(thrown), calls }, 'outcomes of API calls could not be written');
      }
    }
    // In one go with the look that found nothing left, or an outcome that comes in between would wait for the next.
    this.#isWriting = false;
    this.tell();
  }

  /** Waits until all calls have ended and their outcomes are written; those that take longer than `ms` are cut off. */
  async land(ms: number): Promise<void> {
    const landed = new AbortController();
    const cutOff = this.#deps.clock.sleep(ms, landed.signal).then(() => this.#stopping.abort());
    while (this.#underWay > 0 || this.#isWriting) await this.change();
    landed.abort();
    await cutOff;
  }
}

/** How long calls under way may take to end when the dispatcher stops. */
const LANDING_MS = 5_000;

/**
 * The loop that sends API calls. It claims as many as there is room for and does not wait for them before it claims
 * more. `stop` lets calls under way end; those that take too long are cut off and are due again at once.
 */
export function createCallDispatcher(deps: DispatcherDeps): ClaimLoop {
  const { db, clock, log, signals } = deps;
  const flight = new Flight(deps);
  const stopping = new AbortController();

  async function claim(): Promise<Claim | undefined> {
    const enough = Math.ceil(deps.concurrency / CLAIM_SHARE);
    while (flight.free < enough && !stopping.signal.aborted) await flight.change();
    if (stopping.signal.aborted) return undefined;
    const token = newUuid();
    const { leaseSeconds } = deps;
    const calls = await claimCalls(db, { token, now: clock.now(), leaseSeconds, limit: flight.free });
    return calls.length === 0 ? undefined : { token, calls };
  }

  const loop = createClaimLoop<Claim>({
    name: 'call',
    concurrency: 1,
    idleMs: IDLE_MS,
    clock,
    log,
    // What it calls settled is only launched; the flight reports outcomes when they are written.
    signals: {
      reach: (point) => signals.reach(point),
      report: (name, event, rows) => {
        if (event === 'idle') signals.report(name, event, rows);
      },
    },
    claim,
    work: async (claimed) => {
      await signals.reach('call.claimed');
      flight.launch(claimed);
      return claimed.calls.length;
    },
  });
  return {
    ...loop,
    stop: async () => {
      stopping.abort();
      // The loop may wait for room. It ends first, since a claim that is under way still launches its calls.
      flight.tell();
      await loop.stop();
      await flight.land(LANDING_MS);
    },
  };
}
