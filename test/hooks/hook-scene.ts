import { sql } from 'kysely';
import {
  isJsonObject,
  type JsonObject,
  type Log,
  ManualClock,
  newObjectId,
  parseJson,
  type Signals,
} from '../../src/base/index.ts';
import type { ClaimLoop, Db } from '../../src/db/index.ts';
import {
  createCutter,
  createDeliverer,
  createHook,
  createHookSender,
  createSequencer,
  type Hook,
  type HookSender,
  type HookSettings,
  type NewEvent,
  readFeed,
  writeEvents,
} from '../../src/hooks/index.ts';
import { createTargetClient } from '../../src/outbound/index.ts';
import { createVault, type Vault } from '../../src/vault/index.ts';
import { createTestDatabase } from '../support/database.ts';
import { createTestSignals, type TestSignals } from '../support/test-signals.ts';

// The library that verifies signatures knows only the real time, so the scene begins at it, at a full second.
export const START = new Date(Math.floor(Date.now() / 1000) * 1000);

export interface HookScene {
  readonly db: Db;
  readonly clock: ManualClock;
  readonly vault: Vault;
  readonly sender: HookSender;
  /** What was logged as an error. */
  readonly faults: string[];
  /** Writes events in a transaction of their own and gives them their places. */
  emit(events: readonly NewEvent[], databaseId?: number): Promise<void>;
  /** Lets the sequencer run until nothing is left. */
  place(): Promise<void>;
  /** Lets the cutter run until nothing is left to cut. */
  cut(): Promise<void>;
  /** Sends what is due and may go out until nothing is. */
  send(over?: { onBreaker?: (key: string, change: string) => void }): Promise<void>;
  /** Starts a deliverer that the test stops. */
  startDeliverer(over?: { signals?: Signals; db?: Db }): Promise<{ loop: ClaimLoop; signals: TestSignals }>;
  addHook(
    settings: Partial<HookSettings> & { url: string },
    given?: { headerValue?: string; clientSecret?: string; since?: string },
  ): Promise<{ hook: Hook; secret: string }>;
  deliveries(): Promise<DeliveryRow[]>;
  feed(databaseIds?: number[] | null): Promise<JsonObject[]>;
  clear(): Promise<void>;
  drop(): Promise<void>;
}

export interface DeliveryRow {
  readonly id: string;
  readonly hook_id: number;
  readonly status: string;
  readonly events: number;
  readonly attempts: number;
  readonly body: string;
  readonly due_at: Date | null;
  readonly fault: string | null;
  readonly http_status: number | null;
}

export function eventOf(type: string, over: Partial<NewEvent> = {}): NewEvent {
  return {
    type,
    profileId: newObjectId(START),
    email: 'ann@example.org',
    workflowId: null,
    resourceId: null,
    data: {},
    customData: null,
    subscription: null,
    ...over,
  };
}

/** The events of a body. */
export function eventsOf(body: string): JsonObject[] {
  const events = parseJson(body);
  if (!Array.isArray(events) || !events.every(isJsonObject)) throw new Error('expected a list of events');
  return events;
}

export function idsOf(events: readonly JsonObject[]): string[] {
  return events.map((event) => String(event['event_id']));
}

const quiet = (): void => {};

function collectFaults(faults: string[]): Log {
  return {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_fields: unknown, message?: unknown) => {
      faults.push(String(message));
    },
  };
}

/** Lets a loop run until it finds nothing. */
async function runDry(name: string, make: (signals: Signals) => ClaimLoop): Promise<void> {
  const signals = createTestSignals();
  const loop = make(signals);
  const idle = signals.until(name, 'idle');
  await loop.start();
  await idle;
  await loop.stop();
}

async function selectDeliveries(db: Db): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
      select id, hook_id, status, events, attempts, body, due_at, fault, http_status
        from hook_delivery order by created_at, hook_id, id
    `.execute(db);
  return rows;
}

async function emptyTables(db: Db): Promise<void> {
  await sql`truncate hook, budget, hook_cursor, hook_delivery, event_batch, forgotten_profile`.execute(db);
  await sql`update event_log set last_position = 0, purged_position = 0`.execute(db);
}

async function readWhole(db: Db, databaseIds: number[] | null): Promise<JsonObject[]> {
  const filter = { types: null, databaseIds };
  return (await readFeed(db, { after: undefined, limit: 10_000, filter, profileId: undefined })).data;
}

export async function createHookScene(): Promise<HookScene> {
  const database = await createTestDatabase();
  const { db } = database;
  const clock = new ManualClock(START);
  const vault = createVault(Buffer.alloc(32, 7));
  const client = createTargetClient({ allowPrivate: true });
  const sender = createHookSender({ client, vault, clock });
  const faults: string[] = [];

  const shared = { db, clock, log: collectFaults(faults) };
  const sending = { ...shared, sender, leaseSeconds: 30, concurrency: 32, wakeCutter: quiet };
  const scene: HookScene = {
    ...{ db, clock, vault, sender, faults },
    emit: async (events, databaseId = 1) => {
      await writeEvents(db, { databaseId, now: clock.now() }, events);
      await scene.place();
    },
    place: () => runDry('event', (signals) => createSequencer({ ...shared, signals, wakeCutter: quiet })),
    cut: () => runDry('hook-cut', (signals) => createCutter({ ...shared, signals, wakeDeliverer: quiet })),
    // What was claimed lands before `stop` resolves.
    send: (over = {}) => runDry('hook', (signals) => createDeliverer({ ...sending, signals, ...over })),
    startDeliverer: async (over = {}) => {
      const signals = createTestSignals();
      const loop = createDeliverer({ ...sending, signals, ...over });
      await loop.start();
      return { loop, signals };
    },
    addHook: (settings, given = {}) =>
      createHook(
        { db, vault, clock },
        {
          name: 'hook',
          filter: { types: null, databaseIds: null, workflowIds: null, resourceIds: null },
          batchSize: 100,
          batchTimeoutSeconds: 0,
          successPattern: null,
          headerName: null,
          oauth2: null,
          customData: {},
          ...settings,
        },
        { headerValue: null, clientSecret: null, since: undefined, ...given },
      ),
    deliveries: () => selectDeliveries(db),
    feed: (databaseIds = null) => readWhole(db, databaseIds),
    clear: () => {
      faults.length = 0;
      return emptyTables(db);
    },
    drop: async () => {
      await client.close();
      await database.drop();
    },
  };
  return scene;
}
