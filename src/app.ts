import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import {
  ATTEMPT_MEMORY_SECONDS,
  createPasswords,
  ensureFirstToken,
  ensureToken,
  purgeAudit,
  purgeLoginAttempts,
  purgeSessions,
  purgeStoredAnswers,
} from './accounts/index.ts';
import {
  type Clock,
  createLog,
  type Log,
  noSignals,
  type Service,
  type Signals,
  startAll,
  stopAll,
  systemClock,
} from './base/index.ts';
import type { Config } from './config/index.ts';
import {
  createClaimLoop,
  type Db,
  type EmbeddedServer,
  isMigrated,
  migrate,
  openPool,
  type PoolFigures,
  startEmbedded,
} from './db/index.ts';
import { openFile, purgeFiles, purgeUploads } from './files/index.ts';
import { openPlaces, type Places } from './geo/index.ts';
import {
  createCutter,
  createDeliverer,
  createHookSender,
  createSequencer,
  type HookSender,
  purgeEventLog,
} from './hooks/index.ts';
import { createMetrics, createQueueSampler, createServer, type Metrics } from './http/index.ts';
import { addRunCounts, createImporter, purgeOpenTasks, purgeTasks, RowEraser } from './importer/index.ts';
import {
  createMailboxPoller,
  createMessageDispatcher,
  decorate,
  linksOf,
  loadTemplate,
  openSender,
  parseBounceAddress,
  parseMessageId,
  publicUrlOf,
  purgeMessages,
  type RecordFacts,
  type RunPort,
  recordFacts,
} from './messages/index.ts';
import { createTargetClient } from './outbound/index.ts';
import { createFieldBuilder } from './profiles/index.ts';
import { segmentsEntered } from './segments/index.ts';
import { checkVault, openVault, type Vault } from './vault/index.ts';
import {
  createCallDispatcher,
  createEngine,
  createFirstWalks,
  createResumeWalks,
  createRunPort,
  purgeCalls,
  resumeWaiting,
  seedFirstStart,
  selectPausedWorkflows,
  selectRunScopes,
} from './workflow/index.ts';

/** Places for API calls that are under way in one process. One host takes half of them at most. */
const CALL_CONCURRENCY = 128;
/** Places for messages that are under way in one process. One sender takes half of them at most. */
const MESSAGE_CONCURRENCY = 1_000;
/** After so long it is not known what has become of a message that a channel was given. */
const SEND_LIMIT_MS = 120_000;
/** Places for deliveries of hooks that are under way in one process. One hook takes half of them at most. */
const HOOK_CONCURRENCY = 64;
/** How long kept things are looked through again after nothing was left to delete. */
const PURGE_PAUSE_MS = 60_000;
/** Rows that one statement deletes. */
const PURGE_ROWS = 1_000;
/** Streams that broke off with their process, which one statement deletes: each may have thousands of chunks. */
const PURGE_STREAMS = 4;
const DAY_MS = 86_400_000;
/** A file can have hundreds of pieces. */
const PURGE_FILES = 50;
/** So long after its task a file is kept, for runs that wait. */
const FILE_GRACE_DAYS = 30;
/** No upload takes longer: the server bounds every request. */
const UPLOAD_LIMIT_MS = 3_600_000;
/** So long a Request-ID is recognised also where checksums are switched off. */
const LEAST_ANSWER_SECONDS = 86_400;

/** A running server. */
export interface Muster {
  /** Where it answers, such as `http://127.0.0.1:8080`. A pure worker answers health and metrics there too. */
  readonly url: string;
  readonly db: Db;
  /** The secret of the token that was made at the first start: to be shown once. */
  readonly firstToken: string | undefined;
  /** Lets work under way end, then stops everything, the embedded database last. Safe to call twice. */
  stop(): Promise<void>;
}

export interface Overrides {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly signals?: Signals;
  /** The embedded server, where it is being started already. When the start fails it is stopped by whoever gave it, too. */
  readonly embedded?: Promise<EmbeddedServer>;
}

type Parts = Required<Pick<Overrides, 'clock' | 'log' | 'signals'>>;

interface Ground {
  readonly db: Db;
  readonly readPool: () => PoolFigures;
  readonly vault: Vault;
  close(): Promise<void>;
}

/** The database, embedded or the operator's, with its schema brought to this version, and the key of its secrets. */
async function openGround(
  config: Config,
  { clock, log }: Parts,
  starting: Promise<EmbeddedServer> | undefined,
): Promise<Ground> {
  const embedded =
    config.databaseUrl === undefined
      ? await (starting ?? startEmbedded({ dataDir: config.dataDir, log }))
      : undefined;
  const { db, readPool } = openPool({
    url: config.databaseUrl ?? embedded?.url ?? '',
    connections: config.dbConnections,
    onIdleFault: (fault) =>
      log.warn({ err: fault }, 'an idle connection to PostgreSQL broke; it is replaced'),
  });
  async function close(): Promise<void> {
    await db.destroy();
    await embedded?.stop();
  }
  try {
    const applied = await migrate(db);
    if (applied.length > 0) log.info({ applied }, 'the database schema was brought to this version');
    const vault = await openVault({ key: config.secretKey, keyFile: join(config.dataDir, 'secret.key') });
    await checkVault(db, vault, clock.now());
    return { db, readPool, vault, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** What every loop is given. */
function shareParts(config: Config, { db, vault }: Ground, parts: Parts, metrics: Metrics) {
  const { clock, log, signals } = parts;
  const client = createTargetClient({
    allowPrivate: config.allowPrivateTargets,
    connectionsPerHost: CALL_CONCURRENCY,
  });
  return {
    ...{ db, vault, clock, log, client, leaseSeconds: config.leaseSeconds },
    publicUrl: publicUrlOf(config),
    runs: createRunPort({ addRunCounts, log, segmentsEntered }),
    signals: {
      reach: signals.reach,
      report: (loop: string, event: 'idle' | 'settled', rows: number) => {
        if (event === 'settled') metrics.observeBatch(loop, rows);
        signals.report(loop, event, rows);
      },
    },
  };
}
type Shared = ReturnType<typeof shareParts>;

/** What carries messages out, and reads what comes back. */
function createMessengers(metrics: Metrics, shared: Shared, wakeEngine: () => void) {
  const { clock, client, vault, publicUrl } = shared;
  const dispatcher = createMessageDispatcher({
    ...shared,
    concurrency: MESSAGE_CONCURRENCY,
    tryMs: SEND_LIMIT_MS,
    loadSender: (db, id) =>
      openSender({ db, vault, client, clock, openFile: (file) => openFile(db, file) }, id),
    loadTemplateVersion: loadTemplate,
    loadRunScopes: selectRunScopes,
    pausedWorkflows: selectPausedWorkflows,
    linksOf: (message) => linksOf(publicUrl, vault, message),
    decorate: (content, message, options) => decorate(content, message, { ...options, publicUrl, vault }),
    observeSend: metrics.observeSend,
    onBreaker: metrics.observeBreaker,
    wakeEngine,
  });
  const mailbox = createMailboxPoller({
    ...shared,
    recordFacts: recordFactsOf(shared, wakeEngine),
    parseAddress: (address) => parseBounceAddress(vault, address),
    parseMessageId,
  });
  return { services: [dispatcher, mailbox], dispatcher };
}

/** What is learned of messages after they were sent, with all that follows from it. */
function recordFactsOf(
  { db, clock, runs }: { db: Db; clock: Clock; runs: RunPort },
  wakeEngine: () => void,
): RecordFacts {
  return async (facts) => {
    await recordFacts(db, runs, facts, clock.now());
    wakeEngine();
  };
}

/** What works on rows: the importer, the engine and the dispatchers, each waking the next, and the builder of fields. */
function createWorkers(config: Config, places: Places, metrics: Metrics, shared: Shared) {
  const wakeEngine = (): void => engine.wake();
  const messengers = createMessengers(metrics, shared, wakeEngine);
  const walking = {
    ...shared,
    wakeCalls: () => calls.wake(),
    wakeMessages: () => messengers.dispatcher.wake(),
    segmentsEntered,
    observeLoops: metrics.observeLoops,
  };
  const calls = createCallDispatcher({
    ...shared,
    concurrency: CALL_CONCURRENCY,
    observeCall: metrics.observeCall,
    onBreaker: metrics.observeBreaker,
    wakeEngine,
    startWalk: createResumeWalks({ ...walking, addRunCounts }),
  });
  const engine = createEngine({ ...walking, concurrency: config.engineConcurrency, addRunCounts });
  const importer = createImporter({
    ...shared,
    places,
    startWalk: createFirstWalks(walking),
    concurrency: config.importConcurrency,
    wakeEngine,
  });
  const builder = createFieldBuilder(shared);
  const services = [calls, ...messengers.services, engine, importer, builder];
  return { services, importer, engine, messages: messengers.dispatcher };
}

/** What tells of events: each loop wakes the next. */
function createTellers(metrics: Metrics, shared: Shared, sender: HookSender) {
  const deliverer = createDeliverer({
    ...shared,
    sender,
    concurrency: HOOK_CONCURRENCY,
    onBreaker: metrics.observeBreaker,
    wakeCutter: () => cutter.wake(),
  });
  const cutter = createCutter({ ...shared, wakeDeliverer: () => deliverer.wake() });
  const sequencer = createSequencer({ ...shared, wakeCutter: () => cutter.wake() });
  return { services: [deliverer, cutter, sequencer], deliverer, cutter, sequencer };
}

/** Deletes, some at a time, what has been kept for as long as it was promised. */
function createHousekeeper(config: Config, db: Db, { clock, log, signals }: Parts): Service {
  const rows = new RowEraser();
  return createClaimLoop<number>({
    ...{ name: 'housekeeping', concurrency: 1, idleMs: PURGE_PAUSE_MS, clock, log, signals },
    claim: async () => {
      const now = clock.now();
      const callsBefore = new Date(now.getTime() - config.taskRetentionDays * DAY_MS);
      const filesBefore = new Date(callsBefore.getTime() - FILE_GRACE_DAYS * DAY_MS);
      const uploadsBefore = new Date(now.getTime() - UPLOAD_LIMIT_MS);
      const answerSeconds = Math.max(config.repeatWindowSeconds, LEAST_ANSWER_SECONDS);
      const answersBefore = new Date(now.getTime() - answerSeconds * 1000);
      const auditBefore = new Date(now.getTime() - config.auditRetentionDays * DAY_MS);
      const attemptsBefore = new Date(now.getTime() - ATTEMPT_MEMORY_SECONDS * 1000);
      const purged =
        (await purgeTasks(db, now, PURGE_ROWS)) +
        (await purgeOpenTasks(db, now, PURGE_STREAMS)) +
        (await purgeCalls(db, callsBefore, PURGE_ROWS)) +
        (await purgeMessages(db, callsBefore, PURGE_ROWS)) +
        (await purgeEventLog(db, now, config.eventRetentionDays, PURGE_ROWS)) +
        (await rows.step(db, now)) +
        (await purgeStoredAnswers(db, answersBefore, PURGE_ROWS)) +
        (await purgeAudit(db, auditBefore, PURGE_ROWS)) +
        (await purgeSessions(db, now, PURGE_ROWS)) +
        (await purgeLoginAttempts(db, attemptsBefore, PURGE_ROWS)) +
        (await purgeFiles(db, filesBefore, PURGE_FILES)) +
        (await purgeUploads(db, uploadsBefore, PURGE_FILES));
      return purged === 0 ? undefined : purged;
    },
    work: async (purged) => purged,
  });
}

/**
 * Starts what `config.role` asks for: opens the database, makes sure of the schema, of a token and of what a first
 * start brings, then works and listens.
 * @throws {GeoFileError} when the operator's file of places cannot be used; {VaultError} when the secret key cannot; {EmbeddedError} when the embedded server cannot serve; the fault of `listen` when the port is taken.
 */
export async function startMuster(config: Config, overrides: Overrides = {}): Promise<Muster> {
  const parts = {
    clock: overrides.clock ?? systemClock,
    log: overrides.log ?? createLog(config.logLevel),
    signals: overrides.signals ?? noSignals,
  };
  const { clock, log, signals } = parts;
  // Before anything is opened: a file that is none ends the start.
  const places = await openPlaces(config.geoFile === undefined ? {} : { file: config.geoFile });
  const ground = await openGround(config, parts, overrides.embedded);
  const { db, readPool, vault } = ground;
  const metrics = createMetrics();
  const shared = shareParts(config, ground, parts, metrics);
  const hookSender = createHookSender({ client: shared.client, vault, clock });
  const isWorker = config.role !== 'api';
  const workers = isWorker ? createWorkers(config, places, metrics, shared) : undefined;
  const tellers = isWorker ? createTellers(metrics, shared, hookSender) : undefined;
  const wakeEngine = (): void => workers?.engine.wake();
  const app = createServer({
    ...{ db, clock, log, signals, config, metrics, readPool, places, vault, hookSender },
    client: shared.client,
    passwords: createPasswords(),
    runPort: shared.runs,
    recordFacts: recordFactsOf(shared, wakeEngine),
    version: packageFile.version,
    answersApi: config.role !== 'worker',
    raiseEvent: async (tx, databaseId, name, profileIds) => {
      await resumeWaiting(tx, databaseId, name, profileIds, clock.now());
    },
    wakeEvents: () => tellers?.sequencer.wake(),
    wakeHooks: () => {
      tellers?.cutter.wake();
      tellers?.deliverer.wake();
    },
    wakeImporter: () => workers?.importer.wake(),
    wakeEngine,
    wakeMessages: () => workers?.messages.wake(),
    isSchemaCurrent: () => isMigrated(db),
  });
  const listener: Service = {
    name: 'http',
    start: async () => {
      await app.listen({ port: config.port, host: config.host });
    },
    stop: () => app.close(),
  };
  const outbound: Service = {
    name: 'outbound',
    start: async () => {},
    stop: () => shared.client.close(),
  };
  const loops: Service[] = [...(workers?.services ?? []), ...(tellers?.services ?? [])];
  if (isWorker) loops.push(createHousekeeper(config, db, parts), createQueueSampler({ db, ...parts }));
  const services = [outbound, ...loops, listener];
  try {
    await seedFirstStart(db, clock);
    if (config.token !== undefined) await ensureToken(db, clock, config.token, 'MUSTER_TOKEN');
    const firstToken = config.token === undefined ? await ensureFirstToken(db, clock) : undefined;
    await startAll(services);
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= stopAll(services).finally(ground.close));
    return { url: app.listeningOrigin, db, firstToken, stop };
  } catch (fault) {
    await app.close();
    await ground.close();
    throw fault;
  }
}
