import { readConfig } from '../../config/index.ts';
import { checkMachine } from '../check-machine.ts';
import { checkSenders } from '../check-senders.ts';
import { exitCodes } from '../cli-error.ts';
import { type Command, jsonOption } from '../command.ts';
import { examine, exitCodeOf, printFindings } from '../doctor.ts';
import { openDatabase } from '../open-database.ts';
import { printDocument } from '../print/print-document.ts';

export const doctor: Command = {
  description:
    'Look whether everything is as it must be: the database, the ledgers of tasks, runs, messages, hooks, senders, disk, clock, versions. Exit code 0 = nothing is wrong, 1 = something is, 2 = it could not be asked',
  options: jsonOption,
  run: async ({ environment, clock, terminal, version }, given) => {
    const config = readConfig(environment);
    const { db, close } = await openDatabase(config);
    try {
      const dataDir = config.databaseUrl === undefined ? config.dataDir : undefined;
      const findings = await examine(
        db,
        clock,
        [() => checkMachine(dataDir, version)],
        [() => checkSenders(db, config)],
      );
      if (given.flag('json')) printDocument(terminal, findings);
      else terminal.out(printFindings(findings));
      return exitCodeOf(findings) === 0 ? exitCodes.ok : exitCodes.failed;
    } finally {
      await close();
    }
  },
};
