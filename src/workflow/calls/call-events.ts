import { groupBy } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type NewEvent, writeEvents } from '../../hooks/index.ts';
import type { RunFacts } from '../sql/select-run-facts.ts';
import type { EndedCall } from '../sql/settle-calls.ts';

function toEvent(call: EndedCall, run: RunFacts | undefined): NewEvent {
  const { workflowId, runId, node, host, status, attempts } = call;
  return {
    ...{ type: 'api_call', profileId: call.profileId, workflowId, resourceId: null, subscription: null },
    ...{ email: run?.email ?? null, customData: run?.customData ?? null },
    data: {
      ...{ call_id: call.id, workflow_id: workflowId, run_id: runId, task_id: run?.taskId ?? null, node },
      ...{ host, status, attempts, http_status: call.httpStatus, reason: call.fault },
    },
  };
}

/** Tells of calls that are settled for good, in the transaction that settles them. One statement a database. */
export async function writeCallEvents(
  tx: Db,
  calls: readonly EndedCall[],
  runs: ReadonlyMap<string, RunFacts>,
  now: Date,
): Promise<void> {
  for (const [databaseId, group] of groupBy(calls, (call) => call.databaseId)) {
    const events = group.map((call) => toEvent(call, runs.get(call.runId)));
    await writeEvents(tx, { databaseId, now }, events);
  }
}
