import { writeEvents } from '../../hooks/index.ts';
import { changeEvents } from '../change-events.ts';
import type { BatchScope, WalkingRun } from '../nodes/walking-run.ts';
import { resumeUpdated } from '../resume-waiting.ts';

/**
 * Tells of what the nodes of a batch have made of profiles, with the custom data of the runs, and lets other runs go on
 * that wait for it. Before the batch is settled, so that no run is woken by its own change.
 * @returns how many runs go on.
 */
export async function tellOfChanges(
  { tx, databaseId, workflowId, now, changes }: BatchScope,
  runs: readonly WalkingRun[],
): Promise<number> {
  const changed = changes.byDepth().flatMap(([, group]) => group);
  if (changed.length === 0) return 0;
  const resumed = await resumeUpdated(tx, databaseId, changed, now);
  const customData = new Map(runs.map((run) => [run.profileId, run.customData]));
  const events = changeEvents(changed, { workflowId, customDataOf: (id) => customData.get(id) ?? null });
  await writeEvents(tx, { databaseId, now }, events);
  return resumed;
}
