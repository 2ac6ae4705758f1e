import { rights } from '../../../accounts/index.ts';
import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';
import { numberIn, textIn } from '../../remote/read-answer.ts';

const options = {
  name: { type: 'string', description: 'what it is for' },
  rights: { type: 'string', description: `some of ${rights.join(', ')}`, default: 'import,read' },
  databases: { type: 'string', description: 'binds it to these; else every one', valueHint: 'id,id' },
  ...serverOptions,
} as const;

export const tokensCreate: Command = {
  description: 'Make a token; its secret is shown this once',
  options,
  run: async (shell, given) => {
    const wanted = given.words('rights').length === 0 ? ['import', 'read'] : given.list('rights');
    const unknown = wanted.find((right) => !rights.some((known) => known === right));
    if (unknown !== undefined) {
      throw new CliError(`--rights: expected some of ${rights.join(', ')}, got “${unknown}”`);
    }
    const databases = given.list('databases').map((id) => {
      if (/^[1-9]\d*$/.test(id)) return Number(id);
      throw new CliError(`--databases: expected numbers such as 1,2, got “${id}”`);
    });
    const client = await openClient(shell, given);
    const token = await client.admin('POST', '/tokens', {
      ...{ name: given.required('name'), rights: wanted },
      ...(databases.length === 0 ? {} : { database_ids: databases }),
    });
    if (given.flag('json')) printDocument(shell.terminal, token);
    else {
      shell.terminal.out(`${textIn(token, 'token')}\n`);
      shell.terminal.err(
        `token ${numberIn(token, 'id')} (${wanted.join(', ')}); its secret is shown this once\n`,
      );
    }
    return exitCodes.ok;
  },
};
