import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type JsonObject, type Log, ManualClock, newObjectId, slotOf } from '../../src/base/index.ts';
import { type ClaimLoop, type Db, withTx } from '../../src/db/index.ts';
import type { NewEvent } from '../../src/hooks/index.ts';
import {
  createMessageDispatcher,
  type DeliveryOutcome,
  type MessageDispatcherDeps,
  type MessageNews,
  type MessageTemplate,
  type Outgoing,
  type RunPort,
  type SenderChannel,
} from '../../src/messages/index.ts';
import {
  createDatabase,
  createResource,
  getProfile,
  loadShape,
  type ProfileChange,
  type StoredProfile,
  type Subscription,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { parseTemplate, type Template } from '../../src/templates/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { clearWrittenEvents, readWrittenEvents } from '../support/written-events.ts';

export const START = new Date('2026-03-02T12:00:00Z');
export const LEASE_SECONDS = 60;
export const TRY_MS = 30_000;

export interface MessageView {
  id: string;
  status: string;
  attempts: number;
  reason?: string;
  due?: string;
  settled?: string;
  sent?: string;
  bounce?: string;
  claimed?: true;
}

/** What the outside world says of each message: by its address, else accepted. */
export type Script = (outgoing: Outgoing, signal: AbortSignal) => Promise<DeliveryOutcome> | DeliveryOutcome;
export const accept: Script = () => ({ kind: 'accepted', answer: '250 ok', providerId: null });

function dropNulls<T extends object>(row: T): T {
  const kept = { ...row };
  for (const key in kept) if (kept[key] === null) delete kept[key];
  return kept;
}

function parse(text: string): Template {
  const parsed = parseTemplate(text, 'text');
  assert.ok(parsed.ok);
  return parsed.value;
}

/** A database with a resource and a sender, time, signals, a scripted server, and records of what was told. */
export class MessageBench {
  readonly db: Db;
  readonly databaseId: number;
  readonly #database: TestDatabase;
  resourceId = 0;
  clock = new ManualClock(START);
  signals = createTestSignals();
  script: Script = accept;
  sent: Outgoing[] = [];
  news: MessageNews[] = [];
  changes: ProfileChange[] = [];
  logged: string[] = [];
  paused: number[] = [];
  /** Runs that do not wait any more. */
  ended = new Set<string>();
  content: JsonObject = {};
  #logging = Promise.withResolvers<void>();

  constructor(database: TestDatabase, databaseId: number) {
    this.#database = database;
    this.db = database.db;
    this.databaseId = databaseId;
  }

  async drop(): Promise<void> {
    await this.#database.drop();
  }

  /** Resolves at the next warning or error. */
  nextLogged(): Promise<void> {
    return this.#logging.promise;
  }

  async clear(policy: JsonObject = {}): Promise<void> {
    await sql`truncate message, profile, identity, sender, suppression_list restart identity cascade`.execute(
      this.db,
    );
    this.clock = new ManualClock(START);
    this.signals = createTestSignals();
    this.script = accept;
    for (const list of [this.sent, this.news, this.changes, this.logged, this.paused]) {
      list.length = 0;
    }
    this.ended.clear();
    await clearWrittenEvents(this.db);
    const { id } = await createResource(this.db, this.clock, {
      ...{ name: 'news', databaseIds: [this.databaseId], channels: ['email', 'sms'], policy },
    });
    this.resourceId = id;
    await this.addSender();
  }

  async addSender(): Promise<void> {
    await sql`insert into sender (name, channel, settings, created_at, updated_at)
      values ('mail', 'email', '{}', ${START}::timestamptz, ${START}::timestamptz)`.execute(this.db);
  }

  async addProfile(
    fields: JsonObject = {},
    subscriptions: readonly Partial<Subscription>[] = [],
  ): Promise<string> {
    const id = newObjectId(START);
    const whole = subscriptions.map(
      (own): Subscription => ({
        ...{ id: newObjectId(START), resource_id: this.resourceId, channel: 'email', email: 'a@x.ru' },
        ...{ status: 'subscribed', priority: 0 },
        ...own,
      }),
    );
    const shape = await loadShape(this.db, this.databaseId);
    await withTx(this.db, (tx) =>
      storeProfiles(tx, shape, [{ id, after: { fields, subscriptions: whole } }], [], START),
    );
    return id;
  }

  async profile(id: string): Promise<StoredProfile> {
    const found = await getProfile(this.db, this.databaseId, id);
    assert.ok(found !== undefined);
    return found;
  }

  /** Queues a message for an address of the profile itself; its run is `run-<id>`. */
  async queue(profileId: string, own: JsonObject = {}): Promise<string> {
    const id = newObjectId(this.clock.now());
    const row: JsonObject = {
      ...{ slot: slotOf(profileId), id, database_id: this.databaseId, profile_id: profileId },
      ...{ run_id: `run-${id}`, workflow_id: 1, version: 1, node: 'mail', share: 0, channel: 'email' },
      ...{
        resource_id: this.resourceId,
        template_id: 1,
        template_version: 1,
        sender_id: 1,
        opens: 0,
        clicks: 0,
      },
      ...{ address: 'a@x.ru', is_test: false, on_unknown: 'repeat', status: 'queued', attempts: 0 },
      due_at: this.clock.now().toISOString(),
      give_up_at: new Date(START.getTime() + 72 * 3_600_000).toISOString(),
      created_at: this.clock.now().toISOString(),
      ...own,
    };
    await sql`insert into message select * from jsonb_populate_record(null::message, ${JSON.stringify(row)}::jsonb)`.execute(
      this.db,
    );
    return id;
  }

  readonly runs: RunPort = {
    lock: async () => {},
    tell: async (_tx, news) => void this.news.push(...news),
    changed: async (_tx, _databaseId, changes) => void this.changes.push(...changes),
    customData: async () => new Map(),
  };

  readonly channel: SenderChannel = {
    send: async (outgoing, signal) => {
      this.sent.push(outgoing);
      return this.script(outgoing, signal);
    },
    close: async () => {},
  };

  readonly template: MessageTemplate = {
    subject: parse('Hello {lead.name}'),
    text: parse('{apicontent.code}'),
    headers: new Map(),
    trackOpens: false,
    trackClicks: false,
  };

  dispatcher(own: Partial<MessageDispatcherDeps> = {}): ClaimLoop {
    const { db, clock, signals, runs } = this;
    const note = (_fields: unknown, message?: unknown): void => {
      this.logged.push(String(message));
      this.#logging.resolve();
      this.#logging = Promise.withResolvers<void>();
    };
    const log: Log = { debug: () => {}, info: () => {}, warn: note, error: note };
    return createMessageDispatcher({
      ...{
        db,
        clock,
        signals,
        runs,
        log,
        leaseSeconds: LEASE_SECONDS,
        concurrency: 500,
        tryMs: TRY_MS,
      },
      loadSender: async (_db, id) => ({
        ...{ id, updatedAt: START, limits: { concurrency: 250, perSecond: null } },
        open: () => this.channel,
      }),
      loadTemplateVersion: async () => this.template,
      loadRunScopes: async (_db, runs) =>
        new Map(
          runs
            .filter(({ runId }) => !this.ended.has(runId))
            .map(({ runId }) => [runId, { content: this.content, attachments: [] }]),
        ),
      pausedWorkflows: async () => this.paused,
      observeSend: () => {},
      wakeEngine: () => {},
      ...own,
    });
  }

  /** A new dispatcher makes the tries that are due now, waits for their outcomes and stops. */
  async send(own: Partial<MessageDispatcherDeps> = {}): Promise<void> {
    const loop = this.dispatcher(own);
    const idle = this.signals.until('message', 'idle');
    await loop.start();
    await idle;
    await loop.stop();
  }

  async messages(): Promise<MessageView[]> {
    const { rows } = await sql<MessageView>`
      select id, status, attempts, reason, to_json(due_at at time zone 'utc') as due, bounce,
             to_json(settled_at at time zone 'utc') as settled, to_json(sent_at at time zone 'utc') as sent,
             case when claim_token is not null then true end as claimed
        from message order by id`.execute(this.db);
    return rows.map(dropNulls);
  }

  /** The only message, without its id. */
  async message(): Promise<Omit<MessageView, 'id'>> {
    const all = await this.messages();
    const [one] = all;
    assert.ok(one !== undefined && all.length === 1);
    const { id: _, ...rest } = one;
    return rest;
  }

  toldKinds(): string[] {
    return this.news.map(({ kind, reason }) => (reason === null ? kind : `${kind}: ${reason}`));
  }

  /** What was told to hooks, in the order of its calls. */
  events(): Promise<NewEvent[]> {
    return readWrittenEvents(this.db);
  }

  async eventTypes(): Promise<string[]> {
    return (await this.events()).map(({ type }) => type);
  }
}

export async function createMessageBench(): Promise<MessageBench> {
  const database = await createTestDatabase();
  const { id } = await createDatabase(database.db, new ManualClock(START), {
    name: 'shop',
    unknownFields: 'create',
  });
  return new MessageBench(database, id);
}

/** The time `ms` after START as PostgreSQL prints it in JSON. */
export function at(ms = 0): string {
  return new Date(START.getTime() + ms).toISOString().replace(/\.?0*Z$/, '');
}
