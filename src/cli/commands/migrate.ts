import { readConfig } from '../../config/index.ts';
import { isMigrated, migrate as migrateDatabase } from '../../db/index.ts';
import { exitCodes } from '../cli-error.ts';
import { type Command, jsonOption } from '../command.ts';
import { openDatabase } from '../open-database.ts';
import { printDocument } from '../print/print-document.ts';

export const migrate: Command = {
  description: 'Bring the schema of the database to this version, as the start of the server does',
  options: {
    check: { type: 'boolean', description: 'only say whether it is: exit code 1 = it is not' },
    ...jsonOption,
  },
  run: async ({ environment, terminal }, given) => {
    const { db, close } = await openDatabase(readConfig(environment));
    try {
      const json = given.flag('json');
      if (given.flag('check')) {
        const isCurrent = await isMigrated(db);
        if (json) printDocument(terminal, { current: isCurrent });
        else
          terminal.out(
            isCurrent ? 'The schema is of this version.\n' : 'The schema is older: muster migrate\n',
          );
        return isCurrent ? exitCodes.ok : exitCodes.failed;
      }
      const applied = await migrateDatabase(db);
      if (json) printDocument(terminal, { applied });
      else if (applied.length === 0) terminal.out('The schema is of this version.\n');
      else terminal.out(`Applied: ${applied.join(', ')}\n`);
      return exitCodes.ok;
    } finally {
      await close();
    }
  },
};
