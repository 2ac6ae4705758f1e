import assert from 'node:assert/strict';
import { type RawBuilder, sql } from 'kysely';
import { createToken } from '../../src/accounts/index.ts';
import {
  isObject,
  type JsonObject,
  type JsonValue,
  type Log,
  ManualClock,
  type Signals,
} from '../../src/base/index.ts';
import type { Db } from '../../src/db/index.ts';
import { openPlaces, type Places } from '../../src/geo/index.ts';
import {
  createImporter,
  getTaskStatus,
  type ImportedRow,
  type ImportRules,
  type ItemResult,
  importNow,
  importRules,
  submitTask,
  type TaskCounters,
  type TaskStatus,
} from '../../src/importer/index.ts';
import {
  type Channel,
  createDatabase,
  createField,
  type FieldType,
  type Subscription,
  type UnknownFields,
} from '../../src/profiles/index.ts';
import {
  createWorkflow,
  publishWorkflow,
  type Reentry,
  setWorkflowActive,
} from '../../src/workflow/index.ts';
import { createTestDatabase } from '../support/database.ts';
import { firstWalks } from '../support/first-walks.ts';
import { createTestSignals } from '../support/test-signals.ts';

export const LEASE_SECONDS = 30;
/** Runs end in the import itself, or rest in it for a day. */
function walkOf(rests: boolean): JsonObject {
  const rest = { id: 'rest', type: 'delay', for: 'P1D', next: 'end' };
  return {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: rests ? 'rest' : 'end' },
      ...(rests ? [rest] : []),
      { id: 'end', type: 'end' },
    ],
  };
}

/** A database of profiles with one active workflow. No engine runs, so that runs stay as the import has left them. */
export interface Shop {
  readonly databaseId: number;
  readonly workflowId: number;
  /** Those of `resources` in the options, in their order. */
  readonly resourceIds: readonly number[];
}

interface ShopOptions {
  readonly unknownFields?: UnknownFields;
  readonly reentry?: Reentry;
  /** Runs stay inside. */
  readonly rests?: boolean;
  readonly uniqueEmail?: boolean;
  readonly fields?: readonly (readonly [name: string, type: FieldType, match: boolean])[];
  /** Fields with more settings. */
  readonly settings?: readonly FieldSettings[];
  /** The channels of each resource that is tied to the database. */
  readonly resources?: readonly (readonly Channel[])[];
}

type FieldSettings = Parameters<typeof createField>[3];

export interface Imported {
  readonly status: TaskStatus;
  readonly results: readonly ItemResult[];
}

/** Every item in one import state, every imported one in one start state. */
export function assertClosed(counters: TaskCounters): void {
  const { created, updated, unchanged, started, skippedReentry } = counters;
  const imported = created + updated + unchanged;
  const refused = counters.invalid + counters.ambiguous + counters.notFound + counters.cancelled;
  assert.equal(imported + refused + counters.waiting, counters.total, JSON.stringify(counters));
  assert.equal(started + skippedReentry, imported, JSON.stringify(counters));
}

/** The counters that are not 0. */
export function countersOf(status: TaskStatus): Record<string, number> {
  assertClosed(status.counters);
  return Object.fromEntries(Object.entries(status.counters).filter(([, count]) => count > 0));
}

/** A run, with what its request brought along for it and for all. */
interface StoredRun {
  readonly profile_id: string;
  readonly task_id: string;
  readonly item_index: number;
  readonly content: JsonObject | null;
  readonly custom_data: JsonObject | null;
  readonly root_content: JsonObject | null;
  readonly root_custom_data: JsonObject | null;
}

/** The importer on a database of its own, with a clock that stands still. */
export class ImportScene {
  readonly clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
  /** Messages that were logged as warnings and errors. */
  readonly logged: string[] = [];
  readonly #database: Awaited<ReturnType<typeof createTestDatabase>>;
  readonly #tokenId: number;
  #countRows: RawBuilder<unknown> | undefined;
  readonly places: Places;

  static async open(): Promise<ImportScene> {
    const database = await createTestDatabase();
    const options = { name: 't', rights: ['import'], databaseIds: null } as const;
    const { token } = await createToken(database.db, new ManualClock(new Date(0)), options);
    return new ImportScene(database, token.id, await openPlaces({}));
  }

  constructor(database: Awaited<ReturnType<typeof createTestDatabase>>, tokenId: number, places: Places) {
    this.places = places;
    this.#database = database;
    this.#tokenId = tokenId;
  }

  get db(): Db {
    return this.#database.db;
  }

  async close(): Promise<void> {
    await this.#database.drop();
  }

  async makeShop(options: ShopOptions = {}): Promise<Shop> {
    const { db, clock } = this;
    const {
      unknownFields,
      uniqueEmail,
      reentry = 'each',
      rests = false,
      fields = [],
      settings = [],
    } = options;
    const { id: databaseId } = await createDatabase(db, clock, { name: 'shop', unknownFields, uniqueEmail });
    for (const [name, type, match] of fields) await createField(db, clock, databaseId, { name, type, match });
    for (const field of settings) await createField(db, clock, databaseId, field);
    const resourceIds: number[] = [];
    for (const channels of options.resources ?? []) {
      resourceIds.push(await this.#makeResource(databaseId, channels));
    }
    const definition = walkOf(rests);
    const workflow = await createWorkflow(db, clock, { name: 'w', databaseId, reentry, definition });
    await publishWorkflow(db, clock, workflow.id);
    await setWorkflowActive(db, clock, workflow.id, true);
    return { databaseId, workflowId: workflow.id, resourceIds };
  }

  async #makeResource(databaseId: number, channels: readonly Channel[]): Promise<number> {
    const { rows } = await sql<{ id: number }>`
      with made as (
        insert into resource (name, channels, created_at)
        values ('r', ${[...channels]}::text[], ${this.clock.now()}::timestamptz)
        returning id
      )
      insert into resource_database (resource_id, database_id)
      select id, ${databaseId}::int from made
      returning resource_id as id`.execute(this.db);
    const [row] = rows;
    assert.ok(row !== undefined);
    return row.id;
  }

  /** Accepts a batch and leaves it waiting; its id. */
  async submit(shop: Shop, data: JsonValue, more: JsonObject = {}): Promise<string> {
    return this.send({ workflow_id: shop.workflowId, data, ...more });
  }

  /** The same with a whole body. */
  async send(body: JsonObject): Promise<string> {
    const { db, clock } = this;
    const signals = createTestSignals();
    const deps = { db, clock, signals, maxItems: 100_000, retentionDays: 30, wake: () => {} };
    return (
      await submitTask(
        deps,
        { id: this.#tokenId, databaseIds: null },
        // It is used up.
        // It is used up.
        { ...body, ...(Array.isArray(body['data']) ? { data: [...body['data']] } : {}) },
        importRules.importAndStartBatchTask,
        () => {},
        async () => {},
      )
    ).taskId;
  }

  /** An importer that is not yet started; `onFault` gets whatever its loop meets. */
  createImporter(
    signals: Signals,
    options: { concurrency?: number; onFault?: (fault: unknown) => void } = {},
  ): ReturnType<typeof createImporter> {
    const { db, clock } = this;
    const { concurrency = 1, onFault = () => {} } = options;
    const shared = {
      db,
      clock,
      signals,
      places: this.places,
      leaseSeconds: LEASE_SECONDS,
      wakeEngine: () => {},
    };
    const log = this.#log(onFault);
    return createImporter({ ...shared, concurrency, log, startWalk: firstWalks(log) });
  }

  /**
   * Runs an importer until it finds nothing to do, one lane at a time.
   * @throws whatever its loop has met.
   */
  async drain(signals: Signals = createTestSignals()): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const report: Signals['report'] = (loop, event, rows) => {
      signals.report(loop, event, rows);
      if (event === 'idle') ended.resolve();
    };
    const importer = this.createImporter({ reach: signals.reach, report }, { onFault: ended.reject });
    await importer.start();
    try {
      await ended.promise;
    } finally {
      await importer.stop();
    }
  }

  /** Several lanes at a time by several importers, until no task is left. @throws what a loop has met. */
  async drainAtOnce(importers: number, concurrency: number): Promise<void> {
    const signals = createTestSignals();
    const faults: unknown[] = [];
    const onFault = (fault: unknown): void => {
      faults.push(fault);
    };
    const loops = Array.from({ length: importers }, () =>
      this.createImporter(signals, { concurrency, onFault }),
    );
    for (const loop of loops) await loop.start();
    for (;;) {
      const settled = signals.until('import', 'settled');
      const { rows } = await sql`select from task where finished_at is null`.execute(this.db);
      if (rows.length === 0) break;
      await settled;
    }
    await Promise.all(loops.map((loop) => loop.stop()));
    assert.deepEqual(faults, []);
  }

  /** Carries out a request that answers with its results; `db_id` or `workflow_id` is the shop's. */
  async now(
    shop: Shop,
    rules: ImportRules,
    body: JsonObject,
    accept: Parameters<typeof importNow>[5] = async () => {},
    maxItems = 100_000,
  ): Promise<{ rows: readonly ImportedRow[]; dryRun: boolean }> {
    const { db, clock, places } = this;
    const deps = { db, clock, places, maxItems, log: this.#log(() => {}), wakeEngine: () => {} };
    const target =
      rules.workflowKey === undefined ? { db_id: shop.databaseId } : { [rules.workflowKey]: shop.workflowId };
    const caller = { id: this.#tokenId, databaseIds: null };
    return importNow(deps, caller, { ...target, ...body }, rules, () => {}, accept);
  }

  #log(onFault: (fault: unknown) => void): Log {
    const keep = (fields: unknown, message?: unknown): void => {
      this.logged.push(String(message));
      if (isObject(fields) && 'err' in fields) onFault(fields['err']);
    };
    return { debug: () => {}, info: () => {}, warn: keep, error: keep };
  }

  async status(taskId: string, page = { from: 0, limit: 100_000 }): Promise<TaskStatus> {
    const status = await getTaskStatus(this.db, this.clock, taskId, page);
    assert.ok(status !== undefined);
    return status;
  }

  /** The status of a task that must be completed, with its result. */
  async imported(taskId: string): Promise<Imported> {
    const status = await this.status(taskId);
    assert.equal(status.status, 'completed');
    assertClosed(status.counters);
    assert.equal(status.result?.length, status.counters.total);
    return { status, results: status.result ?? [] };
  }

  /** Accepts a batch and imports it. */
  async import(shop: Shop, data: JsonValue, more: JsonObject = {}): Promise<Imported> {
    const taskId = await this.submit(shop, data, more);
    await this.drain();
    return this.imported(taskId);
  }

  /** The profiles of the shop in the order in which they were made. */
  async profiles(shop: Shop): Promise<{ id: string; fields: JsonObject }[]> {
    const { rows } = await sql<{ id: string; fields: JsonObject }>`
      select id, fields from profile where database_id = ${shop.databaseId}::int order by id`.execute(
      this.db,
    );
    return rows;
  }

  async subscriptionsOf(shop: Shop): Promise<(readonly Subscription[])[]> {
    const { rows } = await sql<{ subscriptions: Subscription[] }>`
      select subscriptions from profile where database_id = ${shop.databaseId}::int order by id`.execute(
      this.db,
    );
    return rows.map(({ subscriptions }) => subscriptions);
  }

  /** What the profiles of the shop are found by, with the place of the profile in the order of their making. */
  async identities(shop: Shop): Promise<string[]> {
    const ids = (await this.profiles(shop)).map(({ id }) => id);
    const { rows } = await sql<{ profile_id: string; kind: number; value: string; resource_id: number }>`
      select profile_id, kind, value, resource_id from identity
       where database_id = ${shop.databaseId}::int order by kind, value, profile_id, resource_id`.execute(
      this.db,
    );
    return rows.map((row) => [ids.indexOf(row.profile_id), row.kind, row.resource_id, row.value].join(' '));
  }

  /** The number of rows in every table. */
  async rowCounts(): Promise<unknown> {
    if (this.#countRows === undefined) {
      const { rows: tables } = await sql<{ name: string }>`
        select table_name as name from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`.execute(this.db);
      const counts = tables.map(
        ({ name }) => sql`(select count(*) from ${sql.table(name)}) as ${sql.ref(name)}`,
      );
      this.#countRows = sql`select ${sql.join(counts)}`;
    }
    return (await this.#countRows.execute(this.db)).rows;
  }

  async fieldsOf(shop: Shop): Promise<JsonObject[]> {
    return (await this.profiles(shop)).map(({ fields }) => fields);
  }

  /** The runs of the shop in the order of their start. */
  async runs(shop: Shop): Promise<StoredRun[]> {
    const { rows } = await sql<StoredRun>`
      select r.profile_id, r.task_id, r.item_index, r.content, r.custom_data,
             c.content as root_content, c.custom_data as root_custom_data
        from run r left join run_context c on c.id = r.context_id
       where r.database_id = ${shop.databaseId}::int
       order by r.id`.execute(this.db);
    return rows;
  }
}

/** The profile ids in results that must all be good. */
export function idsOf(results: readonly ItemResult[]): string[] {
  return results.map((result) => {
    assert.ok('profile_id' in result, JSON.stringify(result));
    return result.profile_id;
  });
}
