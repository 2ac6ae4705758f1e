import type { JsonObject } from '../../base/index.ts';
import { writeEvents } from '../../hooks/index.ts';
import { changeEvents } from '../change-events.ts';
import type { BatchScope } from '../nodes/walking-run.ts';
import { resumeUpdated } from '../resume-waiting.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import { selectRunFacts } from '../sql/select-run-facts.ts';

/**
 * Tells of what the nodes of a batch have made of profiles, with the custom data of the runs, and lets other runs go on
 * that wait for it. Before the batch is settled, so that no run is woken by its own change.
 */
export async function tellOfChanges(
  { tx, databaseId, now, changes }: BatchScope,
  runs: readonly ClaimedRun[],
): Promise<void> {
  const changed = changes.byDepth().flatMap(([, group]) => group);
  if (changed.length === 0) return;
  await resumeUpdated(tx, databaseId, changed, now);
  const ids = new Set(changed.map(({ profileId }) => profileId));
  const facts = await selectRunFacts(
    tx,
    runs.filter(({ profileId }) => ids.has(profileId)).map(({ slot, id }) => ({ slot, id })),
  );
  const customData = new Map<string, JsonObject | null>();
  let workflowId: number | null = null;
  for (const run of facts.values()) {
    customData.set(run.profileId, run.customData);
    workflowId = run.workflowId;
  }
  const events = changeEvents(changed, { workflowId, customDataOf: (id) => customData.get(id) ?? null });
  await writeEvents(tx, { databaseId, now }, events);
}
