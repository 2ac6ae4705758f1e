import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import type { ImportedRow, ItemResult } from '../../src/importer/index.ts';
import type { Subscription } from '../../src/profiles/index.ts';
import { ImportModel, keyOf, type ModelItem, type ModelValues, type Told } from './import-model.ts';
import { countersOf, ImportScene, type Shop } from './import-scene.ts';
import { request, type SentRequest, toBody } from './model-requests.ts';

const SEED = 20260302;
const RUNS = 60;
let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

interface Accepted {
  readonly taskId: string;
  readonly request: SentRequest;
  readonly told: Told[];
}

interface Row {
  readonly task: number;
  readonly index: number;
}

/** The rows that were imported since, in the order in which their transactions and chunks were. */
async function importedRows(shop: Shop, tasks: readonly Accepted[], seen: Set<number>): Promise<Row[]> {
  const { rows } = await sql<{ id: number; task_id: string; payload: Buffer }>`
    select id, task_id, payload from import_chunk
     where database_id = ${shop.databaseId} and settled_at is not null
     order by xmin::text::bigint, id`.execute(scene.db);
  return rows
    .filter(({ id }) => !seen.has(id))
    .flatMap(({ id, task_id, payload }) => {
      seen.add(id);
      const task = tasks.findIndex(({ taskId }) => taskId === task_id);
      const items: { index: number }[] = JSON.parse(zstdDecompressSync(payload).toString());
      return items.map(({ index }) => ({ task, index }));
    });
}

/** What the order of two rows is promised by: values that both are matched by, or the profile that either may hit. */
function share(left: readonly string[] | null, right: readonly string[] | null): boolean {
  return left === null || right === null || left.some((value) => right.includes(value));
}

/** The values that decide the order of a row; null = it may hit anybody. */
function orderValues(sent: SentRequest, item: ModelItem): string[] | null {
  if (sent.mode === 'filter') return 'card' in item.filter ? [item.filter.card] : null;
  const wanted = keyOf(sent, item)?.wanted ?? [];
  return wanted.length > 1 && !wanted.some(({ value }) => value === 'nobody')
    ? null
    : wanted.map(({ value }) => value);
}

function assertPromisedOrder(rows: readonly Row[], tasks: readonly Accepted[]): void {
  const values = rows.map(({ task, index }) => {
    const sent = tasks[task]?.request;
    const item = sent?.items[index];
    assert.ok(sent !== undefined && item !== undefined);
    return orderValues(sent, item);
  });
  for (const [later, right] of rows.entries()) {
    for (const [earlier, left] of rows.slice(0, later).entries()) {
      const isInOrder = left.task < right.task || (left.task === right.task && left.index < right.index);
      if (isInOrder) continue;
      assert.ok(!share(values[earlier] ?? null, values[later] ?? null), JSON.stringify({ left, right }));
    }
  }
}

/** Checks one result, and learns the id of a profile that was made. */
function assertTold(told: Told | undefined, result: ItemResult | undefined): void {
  const shown = JSON.stringify([told, result]);
  assert.ok(told !== undefined && result !== undefined, shown);
  if (!told.ok) {
    assert.ok('error' in result, shown);
    assert.deepEqual([result.error, result.field], [told.code, told.field], shown);
    return;
  }
  assert.ok('profile_id' in result, shown);
  told.profile.id ??= result.profile_id;
  assert.equal(result.profile_id, told.profile.id, shown);
}

function toResult(row: ImportedRow): ItemResult {
  if (row.ok) return { profile_id: row.profileId };
  const { code, text, field } = row.fault;
  return { error: code, error_text: text, ...(field === undefined ? {} : { field }) };
}

/** Rows with the ids of profiles that were made replaced by the place of the row that made them. */
function withoutNewIds(rows: readonly ImportedRow[]): unknown {
  const made = new Map<string, string>();
  return rows.map((row, index) => {
    if (!row.ok) return row;
    if (row.state === 'created') made.set(row.profileId, `made by ${index}`);
    return { ...row, profileId: made.get(row.profileId) ?? row.profileId };
  });
}

function toStored({ id: _id, ...one }: Subscription, resourceIds: readonly number[]): unknown {
  const { resource_id, email, phone, subscription_id, cc_data, status, priority } = one;
  const contact =
    email !== undefined
      ? { kind: 'email', value: email }
      : phone !== undefined
        ? { kind: 'phone', value: phone }
        : subscription_id !== undefined
          ? { kind: 'push', value: subscription_id }
          : { kind: 'chat', value: String(cc_data?.['id']) };
  return { resource: resourceIds.indexOf(resource_id), contact, status, priority };
}

/** What a profile of the model is found by: kind, resource, value, as `ImportScene.identities` tells it. */
function identitiesOf(model: ImportModel, shop: Shop, cardKind: number): string[] {
  const kinds = { email: 3, phone: 4, push: 5, chat: 6 };
  const prefix = { email: '', phone: '', push: 'p ', chat: 'id ' };
  const sorted = model.profiles.toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  return sorted.flatMap(({ fields, subscriptions }, place) => {
    const { email, phones, card } = fields;
    const own = [
      ...(email === undefined ? [] : [`1 0 ${String(email)}`]),
      ...(Array.isArray(phones) ? phones.map((phone) => `2 0 ${String(phone)}`) : []),
      ...(card === undefined ? [] : [`${cardKind} 0 ${String(card)}`]),
    ];
    const others = subscriptions.map(
      ({ resource, contact: { kind, value } }) =>
        `${kinds[kind]} ${shop.resourceIds[resource]} ${prefix[kind]}${value}`,
    );
    return [...new Set([...own, ...others])].map((identity) => `${place} ${identity}`);
  });
}

async function assertStored(model: ImportModel, shop: Shop, unique: readonly string[]): Promise<void> {
  const stored = await scene.profiles(shop);
  const subscriptions = await scene.subscriptionsOf(shop);
  const found = stored.map(({ id, fields }, index) => ({
    ...{ id, fields },
    subscriptions: (subscriptions[index] ?? []).map((one) => toStored(one, shop.resourceIds)),
  }));
  const expected = model.profiles.toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  assert.deepEqual(found, expected);
  const { rows } = await sql<{ id: number }>`
    select id from field where database_id = ${shop.databaseId} and name = 'card'`.execute(scene.db);
  const identities = await scene.identities(shop);
  assert.deepEqual(identities.sort(), identitiesOf(model, shop, 100 + (rows[0]?.id ?? 0)).sort());
  const { rows: owned } = await sql<{ value: string; id: string }>`
    select value, profile_id as id from unique_value where database_id = ${shop.databaseId}`.execute(
    scene.db,
  );
  const values = expected.flatMap(({ id, fields }) =>
    unique.flatMap((field) => (fields[field] === undefined ? [] : [`${String(fields[field])} ${id}`])),
  );
  assert.deepEqual(owned.map(({ value, id }) => `${value} ${id}`).sort(), values.sort());
}

function expectedCounters(told: readonly Told[]): Record<string, number> {
  const counters: Record<string, number> = { total: told.length };
  const count = (name: string): void => {
    counters[name] = (counters[name] ?? 0) + 1;
  };
  for (const one of told) {
    count(one.state);
    if (one.ok) count('started');
  }
  return counters;
}

/** Ids in place of the places of profiles. */
function withIds(sent: SentRequest, model: ImportModel): SentRequest {
  const resolve = (values: ModelValues): ModelValues => {
    const { profile, ...rest } = values;
    if (profile === undefined) return rest;
    return { ...rest, profile: model.profiles[Number(profile)]?.id ?? '0'.repeat(24) };
  };
  const items = sent.items.map((item) => ({ ...item, beside: resolve(item.beside) }));
  return { ...sent, root: resolve(sent.root), items };
}

class Play {
  readonly #shop: Shop;
  readonly #model: ImportModel;
  readonly #tasks: Accepted[] = [];
  readonly #seen = new Set<number>();

  constructor(shop: Shop, model: ImportModel) {
    this.#shop = shop;
    this.#model = model;
  }

  async send(sent: SentRequest): Promise<void> {
    const known = withIds(sent, this.#model);
    const body = toBody(known, this.#shop.resourceIds);
    if (!known.isTask) return this.#sendNow(known, body);
    const { data, ...more } = body;
    const taskId = await scene.submit(this.#shop, data, more);
    this.#tasks.push({ taskId, request: known, told: [] });
  }

  /** A dry run first: it changes nothing and tells exactly what the real one then does. */
  async #sendNow(sent: SentRequest, body: JsonObject): Promise<void> {
    const before = await scene.rowCounts();
    const foretold = await scene.now(this.#shop, sent.rules, { ...body, dry_run: true });
    assert.deepEqual(await scene.rowCounts(), before);
    const { rows } = await scene.now(this.#shop, sent.rules, body);
    assert.deepEqual(withoutNewIds(foretold.rows), withoutNewIds(rows));
    for (const [index, item] of sent.items.entries()) {
      const told = this.#model.apply(sent, item);
      const row = rows[index];
      assert.ok(row !== undefined);
      assertTold(told, toResult(row));
      assert.equal(row.ok && row.state, told.ok && told.state);
    }
  }

  /** Imports what waits, then does in the model what was done, in the same order. */
  async drain(): Promise<void> {
    await scene.drain();
    const rows = await importedRows(this.#shop, this.#tasks, this.#seen);
    assertPromisedOrder(rows, this.#tasks);
    const results = new Map<number, readonly ItemResult[]>();
    for (const { task, index } of rows) {
      const accepted = this.#tasks[task];
      const item = accepted?.request.items[index];
      assert.ok(accepted !== undefined && item !== undefined);
      if (!results.has(task)) results.set(task, (await scene.imported(accepted.taskId)).results);
      const told = this.#model.apply(accepted.request, item);
      assertTold(told, results.get(task)?.[index]);
      accepted.told[index] = told;
    }
  }

  async end(): Promise<void> {
    await this.drain();
    for (const { taskId, told } of this.#tasks) {
      assert.deepEqual(countersOf((await scene.imported(taskId)).status), expectedCounters(told));
    }
  }
}

test('any requests by any method and mode do what a simple model does, whatever the order of processing', async () => {
  const step = fc.record({ sent: request, drains: fc.boolean() });
  const steps = fc.array(step, { minLength: 1, maxLength: 6 });
  const property = fc.asyncProperty(
    fc.boolean(),
    fc.boolean(),
    steps,
    async (uniqueEmail, uniqueCard, plan) => {
      const shop = await scene.makeShop({
        uniqueEmail,
        settings: [
          { name: 'card', type: 'string', match: true, unique: uniqueCard },
          { name: 'points', type: 'int' },
          { name: 'marks', type: 'tags' },
        ],
        resources: [
          ['email', 'sms', 'push', 'telegram_bot'],
          ['email', 'sms', 'push', 'telegram_bot'],
        ],
      });
      const unique = [...(uniqueEmail ? ['email'] : []), ...(uniqueCard ? ['card'] : [])];
      const model = new ImportModel(unique);
      const play = new Play(shop, model);
      for (const { sent, drains } of plan) {
        await play.send(sent);
        if (drains) await play.drain();
      }
      await play.end();
      await assertStored(model, shop, unique);
    },
  );
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
});
