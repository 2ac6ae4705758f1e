import { type Clock, type Finding, toError } from '../base/index.ts';
import { checkDatabase, type Db } from '../db/index.ts';
import { checkTasks } from '../importer/index.ts';
import { checkMessages } from '../messages/index.ts';
import { checkRuns } from '../workflow/index.ts';

type Check = () => Promise<Finding[]>;

/** A check that cannot be made is a finding of its own, so that one broken thing does not hide the others. */
async function make(check: Check): Promise<Finding[]> {
  return check().catch((thrown: unknown): Finding[] => {
    const advice = 'mend this first, then ask again';
    return [{ check: 'check', level: 'fault', text: toError(thrown).message, advice }];
  });
}

/** What is to say of the database, or why it does not even answer. */
async function askDatabase(db: Db, clock: Clock): Promise<Finding[] | Error> {
  return checkDatabase(db, clock).catch((thrown: unknown) => {
    // Of several addresses that were tried the message is empty.
    return thrown instanceof AggregateError ? toError(thrown.errors[0]) : toError(thrown);
  });
}

function unreachable(fault: Error): Finding {
  const advice = 'look at DATABASE_URL, whether PostgreSQL runs there, and whether it lets this role in';
  return { check: 'PostgreSQL', level: 'fault', text: `cannot be asked: ${fault.message}`, advice };
}

/**
 * Everything that must always be true, asked of the database.
 * @param more checks of what is outside of it.
 * @param stored checks of what is stored in it, which need its tables.
 */
export async function examine(
  db: Db,
  clock: Clock,
  more: readonly Check[] = [],
  stored: readonly Check[] = [],
): Promise<Finding[]> {
  const now = clock.now();
  const asked = await askDatabase(db, clock);
  const findings = asked instanceof Error ? [unreachable(asked)] : asked;
  // Without its tables nothing else can be asked.
  const hasTables =
    !(asked instanceof Error) && !asked.some(({ check, level }) => check === 'schema' && level === 'fault');
  const own: Check[] = [() => checkTasks(db, now), () => checkRuns(db, now), () => checkMessages(db, now)];
  const checks: Check[] = hasTables ? [...own, ...stored, ...more] : [...more];
  for (const check of checks) findings.push(...(await make(check)));
  return findings;
}

const marks = { ok: '✔', warning: '!', fault: '✖' } as const;

/** One line a finding, with its advice below. */
export function printFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, text, advice }) => [
    `${marks[level]} ${check.padEnd(width)}  ${text}`,
    ...(advice === undefined ? [] : [`  ${' '.repeat(width)}  → ${advice}`]),
  ]);
  const faults = findings.filter(({ level }) => level === 'fault').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  return `${lines.join('\n')}\n\n${faults} faults, ${warnings} warnings\n`;
}

/** For scripts: 1 when something is wrong, 0 also with warnings. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ level }) => level === 'fault') ? 1 : 0;
}
