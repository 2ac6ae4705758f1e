import { newUuid } from '../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../db/index.ts';
import { DeliveryFlight, type FlightDeps, type ReadyDelivery } from './delivery-flight.ts';
import { HOOK_TIMEOUT_MS } from './hook-sender.ts';
import { claimDeliveries } from './sql/claim-deliveries.ts';
import { selectHooks } from './sql/select-hooks.ts';

const IDLE_MS = 500;
/** Deliveries of one hook that are under way at once. */
const PER_HOOK = 4;
/** So long after its first try a delivery is tried again. */
const GIVE_UP_SECONDS = 86_400;
/** A try may be a token, the request, another token and the request again; each waits for a connection first. */
const TRY_SECONDS = (4 * 2 * HOOK_TIMEOUT_MS) / 1000;
/** Fewer free places than this part of all are not worth a claim of their own while deliveries are under way. */
const CLAIM_SHARE = 4;
/** How long deliveries under way may take to end when the deliverer stops. */
const LANDING_MS = 5_000;

/** Claims as many due deliveries as there is room for: the one place that decides how many a hook may have under way. */
async function claimReady(
  db: Db,
  { now, leaseSeconds, limit }: { now: Date; leaseSeconds: number; limit: number },
): Promise<ReadyDelivery[]> {
  const token = newUuid();
  const claimed = await claimDeliveries(db, {
    ...{ token, now, limit, perHook: PER_HOOK, giveUpSeconds: GIVE_UP_SECONDS },
    leaseSeconds: leaseSeconds + TRY_SECONDS,
  });
  if (claimed.length === 0) return [];
  const hooks = await selectHooks(db, [...new Set(claimed.map(({ hookId }) => hookId))]);
  const byId = new Map(hooks.map((hook) => [hook.id, hook]));
  return claimed.flatMap((delivery) => {
    const hook = byId.get(delivery.hookId);
    // Deleted meanwhile, and the delivery with it.
    return hook === undefined ? [] : [{ ...delivery, hook, token }];
  });
}

/**
 * The loop that sends deliveries. It claims as many as there is room for and does not wait for them before it claims
 * more. `stop` lets those under way end; those that take too long are cut off and are due again at once.
 */
export function createDeliverer(deps: FlightDeps & { readonly leaseSeconds: number }): ClaimLoop {
  const { db, clock, log, signals, leaseSeconds } = deps;
  const flight = new DeliveryFlight({
    ...deps,
    // A hook has room again, for what is cut and for what waits.
    wakeCutter: () => {
      deps.wakeCutter();
      loop.wake();
    },
  });
  const stopping = new AbortController();

  const loop = createClaimLoop<ReadyDelivery[]>({
    ...{ name: 'hook', concurrency: 1, idleMs: IDLE_MS, clock, log },
    // What it calls settled is only launched; the flight reports outcomes when they are written.
    signals: {
      reach: (point) => signals.reach(point),
      report: (name, event, rows) => {
        if (event === 'idle') signals.report(name, event, rows);
      },
    },
    claim: async () => {
      const enough = Math.ceil(deps.concurrency / CLAIM_SHARE);
      while (flight.free < enough && !stopping.signal.aborted) await flight.change();
      if (stopping.signal.aborted) return undefined;
      const ready = await claimReady(db, { now: clock.now(), leaseSeconds, limit: flight.free });
      return ready.length === 0 ? undefined : ready;
    },
    work: async (ready) => {
      flight.launch(ready);
      return ready.length;
    },
  });
  return {
    ...loop,
    stop: async () => {
      stopping.abort();
      // The loop may wait for room. It ends first, since a claim that is under way still launches its deliveries.
      flight.tell();
      await loop.stop();
      await flight.land(LANDING_MS);
    },
  };
}
