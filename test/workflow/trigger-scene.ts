import assert from 'node:assert/strict';
import { type KyselyPlugin, sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { type Db, withTx } from '../../src/db/index.ts';
import { lockProfiles, type ProfileChange, type Subscription } from '../../src/profiles/index.ts';
import {
  RunCounts,
  type StartTarget,
  startTriggered,
  type TriggerBatch,
  type TriggerFigures,
} from '../../src/workflow/index.ts';
import type { WorkflowBench } from './workflow-bench.ts';

/** What a profile is like before or after a change. */
interface Look {
  readonly fields?: JsonObject;
  readonly subscriptions?: readonly Subscription[];
}

/** A change from one look to another; without `before` the profile is new. */
export function changeOf(profileId: string, before: Look | undefined, after: Look = {}): ProfileChange {
  const whole = (look: Look) => ({ fields: {}, subscriptions: [], ...look });
  return { profileId, before: before && whole(before), after: whole(after), enteredSegments: [] };
}

/** A change of nothing but static segments. */
export function segmentChange(profileId: string, enteredSegments: number[]): ProfileChange {
  const state = { fields: {}, subscriptions: [] };
  return { profileId, before: state, after: state, enteredSegments };
}

export function subscription(own: Partial<Subscription> = {}): Subscription {
  return {
    ...{ id: 'a'.repeat(24), resource_id: 1, channel: 'email', email: 'a@x.ru', status: 'subscribed' },
    priority: 0,
    ...own,
  };
}

/** Lets the changes fire triggers as an import does, whose transaction holds the profiles. */
export async function fire(
  bench: WorkflowBench,
  changes: readonly ProfileChange[],
  own: Partial<TriggerBatch> & { readonly db?: Db } = {},
): Promise<TriggerFigures> {
  const { databaseId, addRunCounts } = bench;
  const { db = bench.db, ...batch } = own;
  return withTx(db, async (tx) => {
    const ids = changes.map(({ profileId }) => profileId);
    await lockProfiles(tx, databaseId, ids);
    const counts = new RunCounts();
    const shared = { databaseId, counts, depth: 1, now: bench.clock.now(), log: bench.log() };
    const figures = await startTriggered(tx, { ...shared, changes, ...batch });
    await counts.write(tx, addRunCounts);
    return figures;
  });
}

/** Runs by workflow, profile and start node: `1 <profile> in`, in the order of starting; only those not over. */
export async function entered(bench: WorkflowBench): Promise<string[]> {
  const { rows } = await sql<{ entry: string }>`
    select workflow_id || ' ' || profile_id || ' ' || node as entry
      from run where status in ('active', 'waiting') order by id`.execute(bench.db);
  return rows.map(({ entry }) => entry);
}

/** The handle, and how many statements went through it so far; those of transactions too. */
export function countStatements(db: Db): { db: Db; count: () => number } {
  let statements = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    // Of a COPY too, which is not compiled.
    transformResult: async ({ result }) => {
      statements += 1;
      return result;
    },
  };
  return { db: db.withPlugin(plugin), count: () => statements };
}

/** Profiles with these fields. */
export async function addProfiles(
  bench: WorkflowBench,
  count: number,
  fields: JsonObject = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await bench.addProfile(fields));
  assert.equal(new Set(ids).size, count);
  return ids;
}

/** How many statements it takes to walk as many runs, each of a profile of its own. */
export async function countWalk(bench: WorkflowBench, target: StartTarget, runs: number): Promise<number> {
  const starts = (await addProfiles(bench, runs)).map((profileId) => ({ profileId }));
  await bench.start(target, ...starts);
  const counted = countStatements(bench.db);
  await bench.walk({ db: counted.db });
  return counted.count();
}
