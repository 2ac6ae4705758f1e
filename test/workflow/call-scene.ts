import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import type { Reentry, StartTarget } from '../../src/workflow/index.ts';
import type { TargetSink } from './target-sink.ts';
import type { WorkflowBench } from './workflow-bench.ts';

const NONE = { waiting: 0, ended: 0, failed: 0 };

/** Starts as many runs, each of a profile of its own, and walks them to their call. */
export async function queueCallsTo(
  bench: WorkflowBench,
  sink: TargetSink,
  count: number,
  node: JsonObject = {},
  reentry: Reentry = 'each',
): Promise<StartTarget> {
  const target = await bench.publish(
    [
      { id: 'in', type: 'start', next: 'call' },
      { id: 'call', type: 'api_call', url: `${sink.url}/`, ...node },
    ],
    reentry,
  );
  for (let n = 0; n < count; n += 1) await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: count });
  return target;
}

/** As many more calls like the one that there is, of another share, which ends their URL; no runs wait for them. */
export async function multiplyCall(bench: WorkflowBench, count: number, share: number): Promise<void> {
  await sql`
    insert into api_call (slot, id, database_id, run_id, profile_id, workflow_id, version, node, request, save_as,
                          retries_left, attempts, due_at, status, created_at, host, share, on_unknown)
    select slot, lpad(to_hex(${share}::int * 65536 + n), 24, '0'), database_id, run_id, profile_id, workflow_id, version,
           node, jsonb_set(request, '{url}', to_jsonb((request ->> 'url') || ${share}::int)), save_as, retries_left,
           attempts, due_at, status, created_at, host, ${share}::int, on_unknown
      from api_call, generate_series(1, ${count}::int) n
     where share = 0`.execute(bench.db);
}

/** Resolves when the sink has got as many requests. */
export async function untilReceived(sink: TargetSink, count: number): Promise<void> {
  while (sink.received.length < count) await sink.next();
}

/** Leaves the calls as a worker does that has died with them, their leases over. */
export async function loseWorker(bench: WorkflowBench): Promise<void> {
  await sql`update api_call set claim_token = gen_random_uuid(), due_at = ${bench.clock.now()}`.execute(
    bench.db,
  );
}

/** How many calls there are in each state. */
export async function countStates(bench: WorkflowBench): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of await bench.calls()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
