import { defineCommand, runMain } from 'citty';
import { systemClock, toError } from '../base/index.ts';
import { ConfigError, readConfig } from '../config/index.ts';
import { EmbeddedError } from '../db/index.ts';
import { checkMachine } from './check-machine.ts';
import { examine, exitCodeOf, printFindings } from './doctor.ts';
import { openDatabase } from './open-database.ts';

/** What a person can mend is told in its own words, everything else with its stack. Ends with code 2. */
function fail(thrown: unknown): void {
  const fault = toError(thrown);
  const known = fault instanceof ConfigError || fault instanceof EmbeddedError;
  process.stderr.write(`${known ? fault.message : fault.stack}\n`);
  process.exitCode = 2;
}

async function runDoctor(json: boolean): Promise<void> {
  const config = readConfig(process.env);
  const { db, close } = await openDatabase(config);
  try {
    const dataDir = config.databaseUrl === undefined ? config.dataDir : undefined;
    const findings = await examine(db, systemClock, [() => checkMachine(dataDir)]);
    process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : printFindings(findings));
    process.exitCode = exitCodeOf(findings);
  } finally {
    await close();
  }
}

const doctor = defineCommand({
  meta: {
    name: 'doctor',
    description:
      'Look whether everything is as it must be: the database, the ledgers of tasks, runs, messages, hooks. Exit code 0 = nothing is wrong, 1 = something is, 2 = it could not be asked',
  },
  args: { json: { type: 'boolean', description: 'print the findings as JSON', default: false } },
  run: ({ args }) => runDoctor(args.json).catch(fail),
});

await runMain(
  defineCommand({
    meta: { name: 'muster', description: 'Commands for the people who run Muster' },
    subCommands: { doctor },
  }),
);
