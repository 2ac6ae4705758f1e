import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type JsonObject, type JsonValue, type Log, ManualClock, newObjectId } from '../../src/base/index.ts';
import { type ClaimLoop, type Db, withTx } from '../../src/db/index.ts';
import { createTargetClient } from '../../src/outbound/index.ts';
import {
  createDatabase,
  createField,
  createResource,
  getProfile,
  loadShape,
  lockProfiles,
  type Subscription,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { createSegment, segmentsEntered } from '../../src/segments/index.ts';
import {
  createCallDispatcher,
  createEngine,
  createFirstWalks,
  createWorkflow,
  type DispatcherDeps,
  type EngineDeps,
  findStartTarget,
  publishWorkflow,
  type Reentry,
  RunCounts,
  type RunDelta,
  type RunStart,
  type StartOutcome,
  type StartTarget,
  setWorkflowActive,
  startRuns,
  updateWorkflow,
  type WalkNewRuns,
} from '../../src/workflow/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestSignals } from '../support/test-signals.ts';

export const START = new Date('2026-03-01T00:00:00Z');
export const LEASE_SECONDS = 60;
/** A task for runs whose counters are looked at. */
export const TASK = '00000000-0000-4000-8000-000000000001';

/** A run as it is stored; columns that are null, and those that say who it is, are left out. */
export interface RunView {
  node: string;
  status: string;
  steps: number;
  reason?: string;
  due?: string;
  ended?: string;
  resume?: string;
  saved?: JsonObject;
  claimed?: true;
  calling?: true;
}

/** The same for a call. */
export interface CallView {
  node: string;
  status: string;
  attempts: number;
  left: number;
  due?: string;
  settled?: string;
  http?: number;
  fault?: string;
  claimed?: true;
}

function dropNulls<T extends object>(row: T): T {
  const kept = { ...row };
  for (const key in kept) if (kept[key] === null) delete kept[key];
  return kept;
}

/** A database of its own and all that a workflow needs to run in it: time, signals, recorded counters and log. */
export class WorkflowBench {
  readonly db: Db;
  readonly databaseId: number;
  readonly #database: TestDatabase;
  readonly #client = createTargetClient({ allowPrivate: true });
  clock = new ManualClock(START);
  signals = createTestSignals();
  deltas: RunDelta[] = [];
  /** Warnings and errors, the message of each. */
  logged: string[] = [];
  /** Labels of the tries that were made. */
  tries: string[] = [];
  wakes: string[] = [];
  #logging = Promise.withResolvers<void>();

  constructor(database: TestDatabase, databaseId: number) {
    this.#database = database;
    this.db = database.db;
    this.databaseId = databaseId;
  }

  async clear(): Promise<void> {
    this.clock = new ManualClock(START);
    this.signals = createTestSignals();
    for (const list of [this.deltas, this.logged, this.tries, this.wakes]) list.length = 0;
    await sql`truncate run, api_call, message, node_count, run_context, workflow_version, workflow, profile, identity,
      segment_member, budget, event_batch
      restart identity cascade`.execute(this.db);
  }

  async drop(): Promise<void> {
    await this.#client.close();
    await this.#database.drop();
  }

  /** Resolves at the next warning or error. */
  nextLogged(): Promise<void> {
    return this.#logging.promise;
  }

  /** A log that keeps the messages of warnings and errors. */
  log(): Log {
    const note = (_fields: unknown, message?: unknown): void => {
      this.logged.push(String(message));
      this.#logging.resolve();
      this.#logging = Promise.withResolvers<void>();
    };
    return { debug: () => {}, info: () => {}, warn: note, error: note };
  }

  async publish(nodes: JsonValue, reentry: Reentry = 'each'): Promise<StartTarget> {
    const { databaseId, db, clock } = this;
    const { id } = await createWorkflow(db, clock, {
      name: 'tested',
      databaseId,
      reentry,
      definition: { nodes },
    });
    await publishWorkflow(db, clock, id);
    await setWorkflowActive(db, clock, id, true);
    return this.target(id);
  }

  async republish(id: number, nodes: JsonValue): Promise<StartTarget> {
    await updateWorkflow(this.db, this.clock, id, { definition: { nodes } });
    await publishWorkflow(this.db, this.clock, id);
    return this.target(id);
  }

  async target(id: number): Promise<StartTarget> {
    const target = await findStartTarget(this.db, id);
    assert.ok(target !== undefined);
    return target;
  }

  async addProfile(fields: JsonObject = {}, subscriptions: readonly Subscription[] = []): Promise<string> {
    const id = newObjectId(this.clock.now());
    const shape = await loadShape(this.db, this.databaseId);
    await withTx(this.db, (tx) =>
      storeProfiles(tx, shape, [{ id, after: { fields, subscriptions } }], [], this.clock.now()),
    );
    return id;
  }

  async pause(workflowId: number): Promise<void> {
    await sql`update workflow set paused_at = ${this.clock.now()} where id = ${workflowId}`.execute(this.db);
  }

  async fieldsOf(id: string): Promise<JsonObject | undefined> {
    return (await getProfile(this.db, this.databaseId, id))?.fields;
  }

  readonly addRunCounts = async (_tx: Db, deltas: readonly RunDelta[]): Promise<void> => {
    this.deltas.push(...deltas.map((delta) => ({ ...delta })));
  };

  /** Starts runs of TASK; item indexes follow the order. */
  async start(
    target: StartTarget,
    ...starts: (Partial<RunStart> & { profileId: string })[]
  ): Promise<StartOutcome[]> {
    return this.#enter(target, starts);
  }

  /** The same, and walks them in the transaction that starts them, as the importer does. */
  async startWalking(
    target: StartTarget,
    ...starts: (Partial<RunStart> & { profileId: string })[]
  ): Promise<StartOutcome[]> {
    const walk = createFirstWalks({
      ...{ log: this.log(), segmentsEntered, observeLoops: (runs) => this.wakes.push(`loops ${runs}`) },
      wakeCalls: () => this.wakes.push('calls'),
      wakeMessages: () => this.wakes.push('messages'),
    })();
    const outcomes = await this.#enter(target, starts, walk.walk);
    walk.committed();
    return outcomes;
  }

  async #enter(
    target: StartTarget,
    starts: readonly (Partial<RunStart> & { profileId: string })[],
    walk?: WalkNewRuns,
  ): Promise<StartOutcome[]> {
    const blank = { taskId: TASK, contextId: null, content: null, customData: null };
    const whole = starts.map((start, itemIndex) => ({ itemIndex, ...blank, ...start }));
    return withTx(this.db, async (tx) => {
      await lockProfiles(tx, this.databaseId, [...new Set(starts.map((start) => start.profileId))]);
      const counts = new RunCounts();
      const outcomes = await startRuns(tx, target, whole, this.clock.now(), counts, walk);
      await counts.write(tx, this.addRunCounts);
      return outcomes;
    });
  }

  engine(own: Partial<EngineDeps> = {}): ClaimLoop {
    const { db, clock, signals, addRunCounts } = this;
    return createEngine({
      ...{ db, clock, signals, addRunCounts, log: this.log(), leaseSeconds: LEASE_SECONDS, concurrency: 1 },
      wakeCalls: () => this.wakes.push('calls'),
      ...own,
    });
  }

  dispatcher(own: Partial<DispatcherDeps> = {}): ClaimLoop {
    const { db, clock, signals } = this;
    return createCallDispatcher({
      ...{ db, clock, signals, log: this.log(), leaseSeconds: LEASE_SECONDS, concurrency: 8 },
      client: this.#client,
      observeCall: (_ms, outcome) => this.tries.push(outcome),
      wakeEngine: () => this.wakes.push('engine'),
      ...own,
    });
  }

  /** A new engine walks all runs that are due now, and stops. */
  async walk(own: Partial<EngineDeps> = {}): Promise<void> {
    await this.#untilIdle(this.engine(own), 'engine');
  }

  /** A new dispatcher makes the tries that are due now, waits for their outcomes and stops. */
  async send(own: Partial<DispatcherDeps> = {}): Promise<void> {
    await this.#untilIdle(this.dispatcher(own), 'call');
  }

  async #untilIdle(loop: ClaimLoop, name: string): Promise<void> {
    const idle = this.signals.until(name, 'idle');
    await loop.start();
    await idle;
    await loop.stop();
  }

  /** In the order of starting. */
  async runs(): Promise<RunView[]> {
    const { rows } = await sql<RunView>`
      select node, status, steps, reason, to_json(due_at at time zone 'utc') as due, resume, saved,
             to_json(ended_at at time zone 'utc') as ended,
             case when claim_token is not null then true end as claimed,
             case when effect_id is not null then true end as calling
        from run order by id`.execute(this.db);
    return rows.map(dropNulls);
  }

  async calls(): Promise<CallView[]> {
    const { rows } = await sql<CallView>`
      select node, status, attempts, retries_left as left, to_json(due_at at time zone 'utc') as due,
             to_json(settled_at at time zone 'utc') as settled, http_status as http, fault,
             case when claim_token is not null then true end as claimed
        from api_call order by id`.execute(this.db);
    return rows.map(dropNulls);
  }

  /** How many runs have left each node by each outcome, `node outcome`, of all versions. */
  async counts(): Promise<Record<string, number>> {
    const { rows } = await sql<{ key: string; passed: number }>`
      select node || ' ' || outcome as key, sum(passed)::bigint as passed from node_count group by 1`.execute(
      this.db,
    );
    return Object.fromEntries(rows.map(({ key, passed }) => [key, passed]));
  }

  /** What was added to the counters of TASK since the last look. */
  takeDeltas(): { waiting: number; ended: number; failed: number } {
    const sum = { waiting: 0, ended: 0, failed: 0 };
    for (const delta of this.deltas.splice(0)) {
      assert.equal(delta.taskId, TASK);
      sum.waiting += delta.waiting;
      sum.ended += delta.ended;
      sum.failed += delta.failed;
    }
    return sum;
  }
}

export async function createBench(): Promise<WorkflowBench> {
  const database = await createTestDatabase();
  const clock = new ManualClock(START);
  const { id } = await createDatabase(database.db, clock, { name: 'shop' });
  await createField(database.db, clock, id, { name: 'points', type: 'int' });
  await createField(database.db, clock, id, { name: 'city', type: 'string' });
  await createField(database.db, clock, id, { name: 'note', type: 'string' });
  await createField(database.db, clock, id, { name: 'due', type: 'datetime' });
  // What definitions may name: resources 1 and 2, the static segments 1 to 9.
  for (const name of ['letters', 'news']) {
    await createResource(database.db, clock, {
      ...{ name, channels: ['email', 'sms', 'push'], databaseIds: [id], categories: ['red', 'blue'] },
      fields: [{ name: 'visits', type: 'int', options: null, match: false }],
    });
  }
  for (let n = 1; n <= 9; n += 1) {
    await createSegment(database.db, clock, { databaseId: id, name: `segment ${n}`, filter: null });
  }
  return new WorkflowBench(database, id);
}

/** The time `ms` after START as PostgreSQL prints it in JSON. */
export function at(ms = 0): string {
  return new Date(START.getTime() + ms).toISOString().replace(/\.?0*Z$/, '');
}
