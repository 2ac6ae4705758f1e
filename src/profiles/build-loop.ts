import { type Clock, type Log, newUuid, type Signals } from '../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db, withTx } from '../db/index.ts';
import { stepBuild } from './build-step.ts';
import { type ClaimedBuild, claimBuild } from './sql/claim-build.ts';
import { fenceBuilds } from './sql/fence-builds.ts';

const IDLE_MS = 1_000;
/** Profiles of a step: so many are locked for about a tenth of a second. */
const PAGE_ROWS = 2_000;

export interface FieldBuilderDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly leaseSeconds: number;
  /** Profiles, or rows to delete, of one step; absent = 2,000. */
  readonly pageRows?: number;
}

/** The loop that builds and removes what match fields and unique values need, page by page (docs/decisions/0011). */
export function createFieldBuilder(deps: FieldBuilderDeps): ClaimLoop {
  const { db, clock, log, signals, pageRows = PAGE_ROWS } = deps;
  return createClaimLoop<ClaimedBuild>({
    ...{ name: 'build', concurrency: 1, idleMs: IDLE_MS, clock, log, signals },
    claim: async () => {
      const now = clock.now();
      const leaseEnd = new Date(now.getTime() + deps.leaseSeconds * 1000);
      await fenceBuilds(db);
      return claimBuild(db, { token: newUuid(), now, leaseEnd });
    },
    work: async (claim) => {
      await signals.reach('build.claimed');
      return withTx(db, async (tx) => {
        const rows = await stepBuild(tx, claim, pageRows, clock.now());
        await signals.reach('build.before-commit');
        return rows;
      });
    },
  });
}
