import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type JsonObject, newObjectId } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import type { NewEvent } from '../../src/hooks/index.ts';
import type { MessageNews } from '../../src/messages/index.ts';
import { createResource, loadShape, type Subscription, storeProfiles } from '../../src/profiles/index.ts';
import type { TrailStep } from '../../src/workflow/index.ts';
import { createRunPort } from '../../src/workflow/index.ts';
import { clearWrittenEvents, readWrittenEvents } from '../support/written-events.ts';
import type { WorkflowBench } from './workflow-bench.ts';

/** A message as it is stored, as far as the queueing node decides it. */
export interface MessageView {
  readonly node: string;
  readonly channel: string;
  readonly address: string;
  readonly subscription_id: string | null;
  readonly sender_id: number;
  readonly template_version: number;
  readonly status: string;
  readonly on_unknown: string;
}

/** What sending needs besides a workflow: a resource, a sender and a template of each channel, and recorded events. */
export class SendScene {
  readonly bench: WorkflowBench;
  readonly resourceId: number;

  constructor(bench: WorkflowBench, resourceId: number) {
    this.bench = bench;
    this.resourceId = resourceId;
  }

  events(): Promise<NewEvent[]> {
    return readWrittenEvents(this.bench.db);
  }

  /** The types of the events since the last call. */
  async took(): Promise<string[]> {
    const events = await this.events();
    await clearWrittenEvents(this.bench.db);
    return events.map(({ type }) => type);
  }

  async addPerson(fields: JsonObject, subscriptions: Partial<Subscription>[] = []): Promise<string> {
    const { db, databaseId, clock } = this.bench;
    const id = newObjectId(clock.now());
    const shape = await loadShape(db, databaseId);
    const whole = subscriptions.map((own, n): Subscription => {
      const base = { resource_id: this.resourceId, channel: 'email' as const, status: 'subscribed' as const };
      return { id: `${n}`.padStart(24, 'a'), priority: 0, ...base, ...own };
    });
    await withTx(db, (tx) =>
      storeProfiles(tx, shape, [{ id, after: { fields, subscriptions: whole } }], [], clock.now()),
    );
    return id;
  }

  /** Tells what the room of messages would, in a transaction of its own. */
  async tell(...kinds: readonly (Partial<MessageNews> & Pick<MessageNews, 'kind'>)[]): Promise<void> {
    const { db, clock } = this.bench;
    const { rows } = await sql<{ slot: number; id: string; run_id: string }>`
      select slot, id, run_id from message order by id desc limit 1`.execute(db);
    const [last] = rows;
    assert.ok(last !== undefined);
    const news = kinds.map((own): MessageNews => {
      return { slot: last.slot, runId: last.run_id, messageId: last.id, reason: null, ...own };
    });
    const port = this.port();
    await withTx(db, async (tx) => {
      await port.lock(tx, news);
      await port.tell(tx, news, clock.now());
    });
  }

  port() {
    const { bench } = this;
    return createRunPort({ addRunCounts: bench.addRunCounts, log: bench.log() });
  }

  async messages(): Promise<MessageView[]> {
    const { rows } = await sql<MessageView>`
      select node, channel, address, subscription_id, sender_id, template_version, status, on_unknown
        from message order by id`.execute(this.bench.db);
    return rows;
  }

  /** The trails of all runs without times, in the order of starting. Ids of messages read as #. */
  async trails(): Promise<string[][]> {
    const { rows } = await sql<{ trail: TrailStep[] | null }>`
      select trail from run order by id`.execute(this.bench.db);
    return rows.map(({ trail }) =>
      (trail ?? []).map(([node, outcome, , detail]) =>
        [node, outcome, ...(detail === undefined ? [] : [detail.replace(/[0-9a-f]{24}/g, '#')])].join(' | '),
      ),
    );
  }
}

/** Call it after the tables are empty: it makes resource, senders 1 (email) and 2 (sms), templates 1 and 2 of them. */
export async function createSendScene(bench: WorkflowBench): Promise<SendScene> {
  const { db, clock, databaseId } = bench;
  await sql`truncate message, sender, template_version, template, resource_database, resource
    restart identity cascade`.execute(db);
  const { id } = await createResource(db, clock, {
    name: 'Main',
    channels: ['email', 'sms', 'push'],
    databaseIds: [databaseId],
    senders: { email: 1, sms: 2 },
  });
  const now = clock.now();
  await sql`insert into sender (name, channel, settings, created_at, updated_at)
    select c, c, '{}', ${now}::timestamptz, ${now}::timestamptz from unnest(array['email', 'sms']) as c`.execute(
    db,
  );
  await sql`insert into template (name, channel, version, created_at, updated_at)
    select c, c, 3, ${now}::timestamptz, ${now}::timestamptz from unnest(array['email', 'sms', 'push']) as c`.execute(
    db,
  );
  return new SendScene(bench, id);
}
