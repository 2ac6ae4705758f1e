import type { Clock, Log, Signals } from '../../base/index.ts';
import type { BreakerChange } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import type { TargetClient } from '../../outbound/index.ts';
import type { ResumeWalk } from './resume-walk.ts';
import type { WriteCallEvents } from './settle-outcomes.ts';

export interface DispatcherDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly client: TargetClient;
  readonly leaseSeconds: number;
  /** Places of this process: calls that are under way. One host takes half at most; as many outcomes may wait to be written. */
  readonly concurrency: number;
  /** Milliseconds of one try and how it ended, for the metrics. */
  readonly observeCall: (ms: number, outcome: string) => void;
  /** Tells the engine that runs can go on. */
  readonly wakeEngine: () => void;
  readonly writeCallEvents?: WriteCallEvents;
  /** Begins the walk of the runs that a settling lets go on; absent = the engine walks them. */
  readonly startWalk?: () => ResumeWalk;
  /** Is told that the breaker of a budget has opened or closed, for the metrics. */
  readonly onBreaker?: (key: string, change: BreakerChange) => void;
}
