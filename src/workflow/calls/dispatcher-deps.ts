import type { Clock, Log, Signals } from '../../base/index.ts';
import type { BreakerChange } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import type { TargetClient } from '../../outbound/index.ts';
import type { WriteCallEvents } from './settle-outcomes.ts';

export interface DispatcherDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly client: TargetClient;
  readonly leaseSeconds: number;
  /** Places of this process: calls that are under way, or whose outcome is not written. One host takes half at most. */
  readonly concurrency: number;
  /** Milliseconds of one try and how it ended, for the metrics. */
  readonly observeCall: (ms: number, outcome: string) => void;
  /** Tells the engine that runs can go on. */
  readonly wakeEngine: () => void;
  readonly writeCallEvents?: WriteCallEvents;
  /** Is told that the breaker of a budget has opened or closed, for the metrics. */
  readonly onBreaker?: (key: string, change: BreakerChange) => void;
}
