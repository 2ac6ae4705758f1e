import type { Outcome } from '../../base/index.ts';
import { type Db, type OpenTx, openTx, type Refusal, withTxOrRefusal } from '../../db/index.ts';
import { RunCounts } from '../run-counts.ts';
import { type DueVersion, versionKey } from '../sql/find-due-versions.ts';
import { lockDueRuns } from '../sql/lock-due-runs.ts';
import { settleRuns } from '../sql/settle-runs.ts';
import type { ProcessDeps } from './process-runs.ts';
import type { CompiledVersion } from './version-cache.ts';
import { type WalkBatch, type Walked, walkBatch } from './walk-batch.ts';

/**
 * Runs that are claimed by their locks, in a transaction that is open: nothing is written to claim them, and they are free
 * the moment it ends, however it ends. For workflows that change no profiles: those are to be locked before runs.
 */
export interface HeldBatch extends Pick<WalkBatch, 'version' | 'definition' | 'runs'> {
  readonly tx: OpenTx;
}

/** @returns undefined when none is due that nobody holds. */
async function holdRuns(
  db: Db,
  version: DueVersion,
  { databaseId, definition }: CompiledVersion,
  claim: { now: Date; leaseSeconds: number; limit: number },
): Promise<HeldBatch | undefined> {
  const tx = await openTx(db);
  let isHeld = false;
  try {
    const runs = await lockDueRuns(tx, version, claim);
    isHeld = runs.length > 0;
    return isHeld ? { tx, version: { ...version, databaseId }, definition, runs } : undefined;
  } finally {
    if (!isHeld) await tx.rollback().execute();
  }
}

/**
 * Walks the held runs and ends their transaction.
 * @returns a refusal when PostgreSQL does not take what one of them would write; then nothing was written.
 */
async function processHeld(
  deps: ProcessDeps,
  { tx, ...batch }: HeldBatch,
  now: Date,
): Promise<Outcome<Walked, Refusal>> {
  let isDone = false;
  try {
    await deps.beforeWalk();
    const processed = await withTxOrRefusal(tx, async () => {
      const counts = new RunCounts();
      const store: WalkBatch['store'] = (settled) => settleRuns(tx, settled, now);
      const walked = await walkBatch(deps, tx, { ...batch, store }, now, counts);
      await counts.write(tx, deps.addRunCounts);
      return walked;
    });
    if (!processed.ok) return processed;
    await deps.beforeCommit();
    await tx.commit().execute();
    isDone = true;
    return processed;
  } finally {
    if (!isDone) await tx.rollback().execute();
  }
}

/** Holds and walks runs of versions that may be held. */
export class RunHolder {
  readonly #deps: ProcessDeps;
  readonly #claim: { readonly leaseSeconds: number; readonly limit: number };
  /** Versions whose last batch was not walked: their runs are claimed by token until one was. */
  readonly #failed = new Set<string>();

  constructor(deps: ProcessDeps, claim: { leaseSeconds: number; limit: number }) {
    this.#deps = deps;
    this.#claim = claim;
  }

  /** Whether runs of the version are held; else they are claimed by token. */
  holds(due: DueVersion, { definition }: CompiledVersion): boolean {
    return !definition.changesProfiles && !this.#failed.has(versionKey(due));
  }

  /** @returns undefined when none is due that nobody holds. */
  hold(due: DueVersion, compiled: CompiledVersion, now: Date): Promise<HeldBatch | undefined> {
    return holdRuns(this.#deps.db, due, compiled, { now, ...this.#claim });
  }

  /** @param tell is told of what was walked, and says how many runs that were. */
  async settle(batch: HeldBatch, now: Date, tell: (walked: Walked) => number): Promise<number> {
    let isWalked = false;
    try {
      const processed = await processHeld(this.#deps, batch, now);
      isWalked = processed.ok;
      return processed.ok ? tell(processed.value) : 0;
    } finally {
      if (!isWalked) this.#failed.add(versionKey(batch.version));
    }
  }

  /** A batch of the version was walked by token. */
  trust(version: DueVersion): void {
    this.#failed.delete(versionKey(version));
  }
}
