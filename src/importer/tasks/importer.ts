import { type Clock, type Log, newUuid, type Signals } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../../db/index.ts';
import type { Places } from '../../geo/index.ts';
import type { FirstWalk } from '../../workflow/index.ts';
import { type ClaimedLanes, claimLanes } from '../sql/claim-lanes.ts';
import { LaneAppetite } from './lane-appetite.ts';
import { processLanes } from './process-lanes.ts';

const IDLE_MS = 500;

export interface ImporterDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly places: Places;
  readonly leaseSeconds: number;
  /** Claims that are worked on side by side. */
  readonly concurrency: number;
  /** For each transaction: walks the runs that it starts. */
  readonly startWalk: () => FirstWalk;
  /** Tells the engine that there are runs for it. */
  readonly wakeEngine: () => void;
}

/** The loop that imports what was accepted, lane by lane. */
export function createImporter(deps: ImporterDeps): ClaimLoop {
  const { db, clock, log, signals } = deps;
  const laneDeps = {
    db,
    log,
    places: deps.places,
    startWalk: deps.startWalk,
    now: () => clock.now(),
    beforeCommit: () => signals.reach('import.before-commit'),
  };
  const appetite = new LaneAppetite();
  return createClaimLoop<ClaimedLanes>({
    name: 'import',
    concurrency: deps.concurrency,
    idleMs: IDLE_MS,
    clock,
    log,
    signals,
    claim: async () => {
      const now = clock.now();
      const leaseEnd = new Date(now.getTime() + deps.leaseSeconds * 1000);
      return claimLanes(db, { token: newUuid(), now, leaseEnd, limit: appetite.lanes });
    },
    work: async (claim) => {
      await signals.reach('import.claimed');
      const settled = await processLanes(laneDeps, claim);
      await signals.reach('import.after-commit');
      appetite.note(settled);
      if (settled.dueRuns > 0) deps.wakeEngine();
      return settled.rows;
    },
  });
}
