import type { Finding } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { readLateLanes } from './sql/read-late-lanes.ts';
import { type LedgerFault, readLedgerFaults } from './sql/read-ledger-faults.ts';

/** A worker that runs claims a due lane within seconds. */
const LATE_SECONDS = 120;

const rules: Readonly<Record<LedgerFault['rule'], string>> = {
  sums: 'whose states do not sum to their items',
  chunks: 'that are unfinished and have nothing left to import',
  runs: 'that count more runs than they have started',
};

/** Whether the ledger of every task closes, and whether somebody works on what waits. */
export async function checkTasks(db: Db, now: Date): Promise<Finding[]> {
  const faults = await readLedgerFaults(db);
  const ledger = faults.map(({ rule, tasks, example }): Finding => {
    const advice = 'this must never be: keep the log and the database, and report it';
    return {
      check: 'task ledger',
      level: 'fault',
      text: `${tasks} ${rules[rule]}, such as ${example}`,
      advice,
    };
  });
  if (ledger.length === 0) ledger.push({ check: 'task ledger', level: 'ok', text: 'every task adds up' });
  const late = await readLateLanes(db, now);
  const seconds = Math.round(late.seconds);
  if (late.lanes === 0 || seconds < LATE_SECONDS) {
    return [...ledger, { check: 'import', level: 'ok', text: 'no rows wait for a worker' }];
  }
  const tried = late.attempts > 1 ? `, tried ${late.attempts} times` : '';
  const text = `${late.lanes} lanes have rows that nobody works on, for ${seconds} s${tried}`;
  const advice = 'start a worker (MUSTER_ROLE all or worker), or read its log for faults';
  return [...ledger, { check: 'import', level: 'fault', text, advice }];
}
