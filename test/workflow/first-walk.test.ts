import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createRunContext, type Reentry, type RunStart } from '../../src/workflow/index.ts';
import { readWrittenEvents } from '../support/written-events.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
after(() => bench.drop());

const end = { id: 'out', type: 'end', reason: 'done' };
const entry = (next: string): JsonObject => ({ id: 'in', type: 'start', next });

interface Case {
  readonly nodes: JsonValue;
  /** Of a workflow that is published first, as number 1. */
  readonly other?: JsonValue;
  readonly reentry?: Reentry;
}

const cases: Readonly<Record<string, Case>> = {
  'straight to the end': { nodes: [entry('out'), end] },
  'a filter over the profile and one over the content': {
    nodes: [
      entry('old'),
      { id: 'old', type: 'condition', filter: { points: { $gt: 5 } }, yes: 'vip', no: 'out' },
      { id: 'vip', type: 'content_filter', filter: { kind: 'gift' }, yes: 'rest', no: 'out' },
      { id: 'rest', type: 'delay', for: 'PT1H', next: 'out' },
      end,
    ],
  },
  'a change of the profile, which a trigger and a waiting run see': {
    other: [{ id: 'up', type: 'start', on: 'profile_updated', next: 'out' }, end],
    nodes: [
      entry('set'),
      { id: 'set', type: 'update_profile', fields: { email: 'new@x.ru', points: 70 }, next: 'more' },
      { id: 'more', type: 'segment', add: [1], next: 'wait' },
      { id: 'wait', type: 'wait_event', event: 'profile_updated', timeout: 'P1D', next: 'out' },
      end,
    ],
  },
  'a call': {
    nodes: [
      entry('call'),
      {
        ...{ id: 'call', type: 'api_call', method: 'POST', url: 'https://x.example/{lead.points}' },
        ...{ body: '{apicontent.kind}', save_as: 'answer', next: 'out' },
      },
      end,
    ],
  },
  'an event of its own, and a run that fails': {
    nodes: [
      entry('tell'),
      { id: 'tell', type: 'emit', event: 'seen', data: { kind: '{apicontent.kind}' }, next: 'rest' },
      { id: 'rest', type: 'delay', until: { date: { field: 'due' } }, next: 'out' },
      end,
    ],
  },
  'a jump into another workflow': {
    other: [{ id: 'there', type: 'start', name: 'Default', next: 'out' }, end],
    nodes: [entry('go'), { id: 'go', type: 'workflow_jump', workflow_id: 1 }],
  },
  'one run for each profile': {
    nodes: [entry('rest'), { id: 'rest', type: 'delay', for: 'P1D', next: 'out' }, end],
    reentry: 'not_inside',
  },
  'the last run of each profile': {
    nodes: [entry('rest'), { id: 'rest', type: 'delay', for: 'P1D', next: 'out' }, end],
    reentry: 'restart',
  },
};

/** Ten profiles, some of whom come twice. */
async function people(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 10; n += 1) {
    ids.push(await bench.addProfile({ points: n, ...(n % 2 === 0 ? { email: `p${n}@x.ru` } : {}) }));
  }
  return [...ids, ...ids.slice(0, 3)];
}

/** What an import knows of the n-th start. */
function toldOf(n: number): RunStart['told'] {
  const person = n % 10;
  return {
    email: person % 2 === 0 ? `p${person}@x.ru` : null,
    customData: { of: n % 4 === 0 ? `item ${n}` : 'request' },
  };
}

async function startsOf(
  ids: readonly string[],
  told: boolean,
): Promise<(Partial<RunStart> & { profileId: string })[]> {
  const contextId = await withTx(bench.db, (tx) =>
    createRunContext(tx, {
      content: { kind: 'gift' },
      customData: { of: 'request' },
      now: bench.clock.now(),
    }),
  );
  return ids.map((profileId, n) => ({
    profileId,
    contextId,
    content: n % 3 === 0 ? { kind: 'none' } : null,
    customData: n % 4 === 0 ? { of: `item ${n}` } : null,
    told: told ? toldOf(n) : undefined,
  }));
}

/** All that the runs have left behind, with the ids of profiles, runs and calls by their order. */
async function leftBehind(ids: readonly string[]): Promise<unknown> {
  const { db } = bench;
  const { rows: runs } = await sql<{ id: string }>`
    select id, profile_id, workflow_id, version, task_id, item_index, node, status, steps, reason, depth, share, due_at,
           started_at, ended_at, resume, wait_event, wait_message, effect_id, content, custom_data, saved, trail,
           claim_token
      from run order by id`.execute(db);
  const { rows: calls } = await sql<{ id: string }>`
    select id, run_id, profile_id, workflow_id, node, request, save_as, status, due_at, host, share
      from api_call order by id`.execute(db);
  const { rows: messages } = await sql<{ id: string }>`
    select id, run_id, profile_id, node, address, status, task_id from message order by id`.execute(db);
  const events = await readWrittenEvents(db);
  const fields = await Promise.all([...new Set(ids)].map((id) => bench.fieldsOf(id)));
  const known = [
    ...new Set([
      ...ids,
      ...runs.map(({ id }) => id),
      ...calls.map(({ id }) => id),
      ...messages.map(({ id }) => id),
    ]),
  ];
  const named = (value: unknown): unknown =>
    JSON.parse(known.reduce((text, id, n) => text.replaceAll(id, `id ${n}`), JSON.stringify(value)));
  const byType = events.toSorted((a, b) =>
    JSON.stringify([a.type, a.data, named(a)]) < JSON.stringify([b.type, b.data, named(b)]) ? -1 : 1,
  );
  return named({
    runs,
    calls,
    messages,
    fields,
    counts: await bench.counts(),
    events: byType,
    moved: bench.takeDeltas(),
  });
}

for (const [what, { nodes, other, reentry = 'each' }] of Object.entries(cases)) {
  test(`the first walk does what the engine does: ${what}`, async () => {
    const left: unknown[] = [];
    for (const [way, told] of [
      ['start', false],
      ['startWalking', true],
    ] as const) {
      await bench.clear();
      if (other !== undefined) await bench.publish(other);
      const target = await bench.publish(nodes, reentry);
      const ids = await people();
      const starts = await startsOf(ids, told);
      assert.equal((await bench[way](target, ...starts)).length, ids.length);
      // What it starts by the way is the engine's in either case.
      await bench.walk();
      left.push(await leftBehind(ids));
    }
    assert.deepEqual(left[1], left[0]);
  });
}
