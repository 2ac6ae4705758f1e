import type { Finding } from '../base/index.ts';
import { listBudgets } from '../budgets/index.ts';
import type { Db } from '../db/index.ts';
import { readMessageFaults } from './sql/read-message-faults.ts';

/** Longer than a sender with a sensible rate leaves its messages. */
const LATE_SECONDS = 3_600;

/** Whether messages go out: none lost, none left, senders reachable. */
export async function checkMessages(db: Db, now: Date): Promise<Finding[]> {
  const { parked, oldestDue, stuck } = await readMessageFaults(db, now);
  const findings: Finding[] = [];
  if (stuck > 0) {
    const advice = 'a fault of Muster: keep the database and report it';
    findings.push({ check: 'messages', level: 'fault', text: `${stuck} are queued and never due`, advice });
  }
  if (oldestDue > LATE_SECONDS) {
    const text = `the longest due one has waited for ${Math.round(oldestDue / 60)} minutes`;
    const advice = 'see whether a worker runs, and whether the rate of its sender is meant to be so low';
    findings.push({ check: 'messages', level: 'warning', text, advice });
  }
  if (parked > 0) {
    const advice = 'decide about them: GET /api/admin/messages?status=parked, POST /messages/:id/resolve';
    const text = `${parked} are parked: it is not known whether they were sent`;
    findings.push({ check: 'messages', level: 'warning', text, advice });
  }
  if (findings.length === 0) findings.push({ check: 'messages', level: 'ok', text: 'none is left behind' });
  const open = (await listBudgets(db, now)).filter(({ breaker }) => breaker !== 'closed');
  for (const { key, reason, openedAt } of open) {
    const text = `${key} cannot be reached since ${openedAt?.toISOString() ?? 'now'}: ${reason ?? ''}`;
    findings.push({
      check: 'breakers',
      level: 'warning',
      text,
      advice: 'what waits for it goes on by itself',
    });
  }
  if (open.length === 0) findings.push({ check: 'breakers', level: 'ok', text: 'every place is reachable' });
  return findings;
}
