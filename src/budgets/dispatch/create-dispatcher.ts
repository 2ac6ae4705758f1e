import { type ClaimLoop, createClaimLoop } from '../../db/index.ts';
import { Claimer, LOOK_MS } from './claimer.ts';
import type { Claimed, Dispatch } from './dispatch.ts';
import { type Claim, Flight } from './flight.ts';

/** How long tries under way may take to end when the dispatcher stops. */
const LANDING_MS = 5_000;

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
    idleMs: LOOK_MS,
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
    claimer.lookAnew();
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
