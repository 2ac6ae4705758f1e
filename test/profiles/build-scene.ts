import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type JsonObject, MusterError, type Signals } from '../../src/base/index.ts';
import {
  createFieldBuilder,
  type FieldBuild,
  listBuilds,
  listFields,
  loadShape,
  matchKeyOfField,
  matchProfiles,
  updateField,
} from '../../src/profiles/index.ts';
import { type ImportScene, LEASE_SECONDS, type Shop } from '../importer/import-scene.ts';
import { createTestSignals } from '../support/test-signals.ts';

interface BuilderOptions {
  readonly signals?: Signals;
  readonly pageRows?: number;
  readonly onFault?: (fault: unknown) => void;
}

/** Builds of the shops of a scene. Time goes on when a test says so. */
export class BuildScene {
  readonly #scene: ImportScene;

  constructor(scene: ImportScene) {
    this.#scene = scene;
  }

  /** A builder on the scene's clock, which stands still: it looks again only when the test lets time go on. */
  createBuilder({ signals = createTestSignals(), pageRows = 4, onFault = () => {} }: BuilderOptions) {
    const error = (fields: unknown): void => onFault(Object(fields)['err']);
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error };
    const { db, clock } = this.#scene;
    return createFieldBuilder({ db, clock, log, signals, leaseSeconds: LEASE_SECONDS, pageRows });
  }

  async newest(shop: Shop): Promise<FieldBuild> {
    const [newest] = await listBuilds(this.#scene.db, shop.databaseId);
    assert.ok(newest !== undefined);
    return newest;
  }

  /**
   * Works on builds until none is left. Transactions of other databases on the server can hold a build up; time goes on
   * until they have ended.
   */
  async buildAll(shop: Shop, options: BuilderOptions = {}): Promise<void> {
    const signals = createTestSignals();
    const builder = this.createBuilder({ ...options, signals });
    let idle = signals.until('build', 'idle');
    await builder.start();
    try {
      for (;;) {
        await idle;
        if (
          (await listBuilds(this.#scene.db, shop.databaseId)).every(({ finishedAt }) => finishedAt !== null)
        )
          return;
        idle = signals.until('build', 'idle');
        this.#scene.clock.advance(1_000);
      }
    } finally {
      await builder.stop();
    }
  }

  /** Does the work when a builder has built one page and claimed the next, which it then goes on with until it is stopped. */
  async betweenPages(work: () => Promise<void>): Promise<void> {
    const signals = createTestSignals();
    const builder = this.createBuilder({ signals });
    const page = signals.hold('build.before-commit');
    await builder.start();
    await this.untilReached(page.reached, signals);
    const next = signals.hold('build.claimed');
    page.release();
    await next.reached;
    await work();
    next.release();
    await builder.stop();
  }

  async fieldOf(shop: Shop, name = 'code') {
    const field = (await listFields(this.#scene.db, shop.databaseId)).find((one) => one.name === name);
    assert.ok(field !== undefined);
    return field;
  }

  change(shop: Shop, fieldId: number, changes: Parameters<typeof updateField>[4]) {
    return updateField(this.#scene.db, this.#scene.clock, shop.databaseId, fieldId, changes);
  }

  /** What is stored for the field against what profiles hold, each as sorted `value profile`. */
  async storedFor(shop: Shop, name: string, table: 'identity' | 'unique_value') {
    const { id } = await this.fieldOf(shop, name);
    const stored = await sql<{ text: string }>`
    select value || ' ' || profile_id as text from ${sql.table(table)}
     where database_id = ${shop.databaseId} and kind = ${100 + id} order by 1`.execute(this.#scene.db);
    const held = await sql<{ text: string }>`
    select fields ->> ${name}::text || ' ' || id as text from profile
     where database_id = ${shop.databaseId} and fields ? ${name}::text order by 1`.execute(this.#scene.db);
    return { stored: stored.rows.map(({ text }) => text), held: held.rows.map(({ text }) => text) };
  }

  async assertComplete(shop: Shop, table: 'identity' | 'unique_value', name = 'code'): Promise<void> {
    const { stored, held } = await this.storedFor(shop, name, table);
    assert.ok(held.length > 0);
    assert.deepEqual(stored, held);
  }

  async assertNothingStored(shop: Shop): Promise<void> {
    assert.deepEqual((await this.storedFor(shop, 'code', 'identity')).stored, []);
    assert.deepEqual((await this.storedFor(shop, 'code', 'unique_value')).stored, []);
  }

  /** How a row that asks for the code is looked for, and whom it finds. */
  async lookUp(shop: Shop, value: string, name = 'code') {
    const shape = await loadShape(this.#scene.db, shop.databaseId);
    const field = shape.fields.get(name);
    assert.ok(field !== undefined);
    const key = matchKeyOfField(shape, field, value);
    assert.ok(key.ok);
    const found = await matchProfiles(this.#scene.db, shop.databaseId, key.value.lookups, 10);
    return { by: key.value.lookups[0]?.by, ids: [...found.values()].flat() };
  }

  /** Advances the clock whenever the builder is idle, until the promise has settled. */
  async untilReached(reached: Promise<void>, signals: ReturnType<typeof createTestSignals>) {
    let isReached = false;
    const noted = reached.then(() => {
      isReached = true;
    });
    while (!isReached) {
      const idle = signals.until('build', 'idle');
      this.#scene.clock.advance(1_000);
      await Promise.race([idle, noted]);
    }
  }
}

/** A shop with the field `code`, which nobody is found by. */
export const withCode = { fields: [['code', 'string', false]] } as const;

export function people(
  from: number,
  to: number,
  more: (index: number) => JsonObject = () => ({}),
): JsonObject[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    return { data: { email: `p${index}@x.ru`, code: `c${index}`, ...more(index) } };
  });
}

export function conflict(field: string): (fault: unknown) => boolean {
  return (fault) => fault instanceof MusterError && fault.code === 409 && fault.field === field;
}
