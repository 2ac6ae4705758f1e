import type { Finding } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { countHeldEffects } from './sql/count-held-effects.ts';
import { countLateClaims } from './sql/count-late-claims.ts';
import { findLostNodes } from './sql/find-lost-nodes.ts';
import { findStuckRuns, type StuckRun } from './sql/find-stuck-runs.ts';

/** Claims this long over their lease are not merely late. */
const LATE_MINUTES = 10;

/** Stuck runs are counted up to here. */
const MAX_COUNTED = 1_000;

function judge(check: string, faults: readonly string[], well: string, advice: string): Finding {
  return faults.length === 0
    ? { check, level: 'ok', text: well }
    : { check, level: 'fault', text: faults.join('; '), advice };
}

const causes: Readonly<Record<StuckRun['cause'], string>> = {
  nothing: 'wait for nothing',
  effect_gone: 'wait for a call or message that is not there',
  effect_settled: 'wait for a call or message whose outcome is decided',
};

async function checkStuck(db: Db): Promise<Finding> {
  const stuck = await findStuckRuns(db, MAX_COUNTED);
  const faults = Object.entries(causes).flatMap(([cause, words]) => {
    const runs = stuck.filter((run) => run.cause === cause);
    const [first] = runs;
    if (first === undefined) return [];
    return [`${runs.length} runs ${words}, such as ${first.id} in node ${first.node}`];
  });
  const advice = 'a fault of Muster: report it; POST /api/admin/runs/:id/cancel ends such a run';
  return judge('stuck runs', faults, 'every live run has a due time, an effect or an event', advice);
}

async function checkClaims(db: Db, now: Date): Promise<Finding> {
  const late = await countLateClaims(db, new Date(now.getTime() - LATE_MINUTES * 60_000));
  const faults =
    late === 0 ? [] : [`${late} runs were claimed and not taken up again for ${LATE_MINUTES} minutes`];
  return judge('claims of runs', faults, 'no claim is long over', 'see whether a worker is running');
}

async function checkNodes(db: Db): Promise<Finding> {
  const faults = (await findLostNodes(db)).map(
    ({ workflowId, version, node, runs }) =>
      `${runs} runs stand in node ${node}, which version ${version} of workflow ${workflowId} does not have`,
  );
  const advice = 'versions were changed by hand: put the node back, or cancel the runs';
  return judge('nodes of runs', faults, 'every live run stands in a node of its version', advice);
}

async function checkHeld(db: Db): Promise<Finding> {
  const faults = (await countHeldEffects(db)).map(
    ({ workflowId, held }) =>
      `${held} calls and messages of workflow ${workflowId} are held, and it is not paused`,
  );
  const advice = 'POST /api/admin/workflows/:id/resume makes them due';
  return judge('held calls and messages', faults, 'nothing is held without a pause', advice);
}

/** Whether every live run will go on, one finding for each check. Reads live rows alone; changes nothing. */
export async function checkRuns(db: Db, now: Date): Promise<Finding[]> {
  return [await checkStuck(db), await checkClaims(db, now), await checkNodes(db), await checkHeld(db)];
}
