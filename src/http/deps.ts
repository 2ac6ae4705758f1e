import type { Clock, Log, Signals } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Db, PoolFigures } from '../db/index.ts';
import type { Places } from '../geo/index.ts';
import type { Metrics } from './metrics.ts';

/** What the HTTP rooms are given; app.ts puts it together. */
export interface HttpDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly config: Pick<
    Config,
    | 'bodyLimitBytes'
    | 'uploadLimitBytes'
    | 'maxItems'
    | 'maxWaitingRows'
    | 'repeatWindowSeconds'
    | 'mirrorHttpStatus'
    | 'taskRetentionDays'
    | 'publicUrl'
  >;
  /** The program's version, as the OpenAPI document names it. */
  readonly version: string;
  /** False in a pure worker: it answers health and metrics alone. */
  readonly answersApi: boolean;
  readonly metrics: Metrics;
  /** Where IP addresses are, for `detect_geo`. */
  readonly places: Places;
  /** Tells the importer of this process that chunks were stored. Does nothing where no importer runs. */
  readonly wakeImporter: () => void;
  /** Tells the engine of this process that runs were started. Does nothing where no engine runs. */
  readonly wakeEngine: () => void;
  /** Connections of this process to PostgreSQL. */
  readonly readPool: () => PoolFigures;
  /** Whether the schema is the one that this version of the program works with. */
  readonly isSchemaCurrent: () => Promise<boolean>;
}
