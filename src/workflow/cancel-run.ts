import { slotOf } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { type EndScope, endRuns } from './end-runs.ts';
import type { RunView } from './run-views.ts';

/** Ends a run wherever it stands, and takes back its call or message that was not sent. @returns false = it was over. */
export async function cancelRun(db: Db, run: RunView, scope: Omit<EndScope, 'reason'>): Promise<boolean> {
  const key = { slot: slotOf(run.profileId), id: run.id };
  return (await withTx(db, (tx) => endRuns(tx, [key], { ...scope, reason: 'cancelled' }))) > 0;
}
