import { writeEvents } from '../../hooks/index.ts';
import type { BatchScope } from '../nodes/walking-run.ts';
import { resumeWaiting } from '../resume-waiting.ts';

/**
 * Tells what the emit nodes of a batch have raised: writes the events, in one call for the batch, and lets other runs go
 * on that wait for one of them. Before the batch is settled, so that no run is woken by what it has raised itself.
 * @returns how many runs go on.
 */
export async function tellRaised({ tx, databaseId, now, events, raised }: BatchScope): Promise<number> {
  await writeEvents(tx, { databaseId, now }, events);
  const profiles = new Map<string, Set<string>>();
  for (const { name, profileId } of raised) {
    const ids = profiles.get(name);
    if (ids === undefined) profiles.set(name, new Set([profileId]));
    else ids.add(profileId);
  }
  let resumed = 0;
  for (const [name, ids] of profiles) resumed += await resumeWaiting(tx, databaseId, name, [...ids], now);
  return resumed;
}
