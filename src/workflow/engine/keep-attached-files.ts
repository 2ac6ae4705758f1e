import { groupBy } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { keepFilesUntil } from '../../files/index.ts';
import { selectAttachedFiles } from '../sql/select-attached-files.ts';
import type { SettledRun } from '../sql/settle-runs.ts';

const DAY_MS = 86_400_000;

/** Files that nobody uses are kept longer than this, so shorter rests need nothing. */
const LONG_REST_DAYS = 20;

/** What must be left of a file's time when the rest is over: the tries of sending it take days. */
const SENDING_DAYS = 7;

/** Keeps the files that runs will send along after a long rest. Two statements for each day on which rests end. */
export async function keepAttachedFiles(tx: Db, settled: readonly SettledRun[], now: Date): Promise<void> {
  const resting = settled.flatMap(({ slot, id, dueAt }) => {
    if (dueAt === null || dueAt.getTime() - now.getTime() <= LONG_REST_DAYS * DAY_MS) return [];
    return [{ slot, id, day: Math.ceil(dueAt.getTime() / DAY_MS) }];
  });
  for (const [day, runs] of groupBy(resting, (run) => run.day)) {
    const files = await selectAttachedFiles(
      tx,
      runs.map(({ slot, id }) => ({ slot, id })),
    );
    if (files.length > 0) await keepFilesUntil(tx, files, new Date((day + SENDING_DAYS) * DAY_MS));
  }
}
