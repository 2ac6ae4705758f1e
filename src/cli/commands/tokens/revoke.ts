import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';

export const tokensRevoke: Command = {
  description: 'Revoke a token, for good and at once',
  options: { id: { type: 'positional', description: 'its number, as in tokens list' }, ...serverOptions },
  run: async (shell, given) => {
    const id = given.requiredCount('id');
    await (await openClient(shell, given)).admin('DELETE', `/tokens/${id}`);
    if (given.flag('json')) printDocument(shell.terminal, { id, revoked: true });
    else shell.terminal.out(`token ${id} is revoked\n`);
    return exitCodes.ok;
  },
};
