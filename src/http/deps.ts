import type { Passwords } from '../accounts/index.ts';
import type { Clock, Log, Signals } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Db, PoolFigures } from '../db/index.ts';
import type { Places } from '../geo/index.ts';
import type { HookSender } from '../hooks/index.ts';
import type { RecordFacts, RunPort } from '../messages/index.ts';
import type { TargetClient } from '../outbound/index.ts';
import type { Vault } from '../vault/index.ts';
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
    | 'bodiesAtOnceBytes'
    | 'uploadLimitBytes'
    | 'maxItems'
    | 'maxWaitingRows'
    | 'repeatWindowSeconds'
    | 'mirrorHttpStatus'
    | 'taskRetentionDays'
    | 'publicUrl'
    | 'host'
    | 'port'
    | 'allowPrivateTargets'
    | 'trustedProxies'
    | 'databaseUrl'
    | 'variables'
  >;
  /** The program's version, as the OpenAPI document names it. */
  readonly version: string;
  /** False in a pure worker: it answers health and metrics alone. */
  readonly answersApi: boolean;
  readonly metrics: Metrics;
  /** Hashes and checks what people log in with. */
  readonly passwords: Passwords;
  /** Where IP addresses are, for `detect_geo`. */
  readonly places: Places;
  /** Seals what is stored in secret, and signs links. */
  readonly vault: Vault;
  /** Reaches targets of users' making, through the guard: test messages by gateways. */
  readonly client: TargetClient;
  /** Sends the test events of hooks. */
  readonly hookSender: HookSender;
  /** Lets runs go on that wait for an event of that name, in the transaction that writes it. */
  readonly raiseEvent: (
    tx: Db,
    databaseId: number,
    name: string,
    profileIds: readonly string[],
  ) => Promise<void>;
  /** Tells the sequencer of this process that events were written. Does nothing where none runs. */
  readonly wakeEvents: () => void;
  /** Tells the cutter and the deliverer of this process that they have work. */
  readonly wakeHooks: () => void;
  /** Tells the importer of this process that chunks were stored. Does nothing where no importer runs. */
  readonly wakeImporter: () => void;
  /** Tells the engine of this process that runs were started. Does nothing where no engine runs. */
  readonly wakeEngine: () => void;
  /** Records what has become known of messages. */
  readonly recordFacts: RecordFacts;
  /** Runs are told of what is decided about their messages. */
  readonly runPort: RunPort;
  /** Tells the dispatcher of this process that messages are due. Does nothing where none runs. */
  readonly wakeMessages: () => void;
  /** Connections of this process to PostgreSQL. */
  readonly readPool: () => PoolFigures;
  /** Whether the schema is the one that this version of the program works with. */
  readonly isSchemaCurrent: () => Promise<boolean>;
}
