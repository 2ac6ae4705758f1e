import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';

const options = {
  profile_id: { type: 'positional', description: 'its id, 24 hexadecimal digits' },
  database: { type: 'string', description: 'its database', valueHint: 'id' },
  yes: { type: 'boolean', description: 'do it: there is no way back' },
  ...serverOptions,
} as const;

/** `profiles/delete`: the profile, what it is found by, its memberships, its runs, its messages and its events. */
export const profilesErase: Command = {
  description: 'Delete a profile with its subscriptions, runs, messages and events, for good',
  options,
  run: async (shell, given) => {
    const id = given.required('profile_id');
    const databaseId = given.requiredCount('database');
    if (!given.flag('yes')) {
      throw new CliError(
        `profile ${id} of database ${databaseId} would be deleted with all that is known of it, for good`,
        'say --yes to do it',
      );
    }
    const client = await openClient(shell, given);
    await client.call('profiles/delete', { db_id: databaseId, matching: 'profile_id', profile_id: id });
    if (given.flag('json')) printDocument(shell.terminal, { profile_id: id, erased: true });
    else shell.terminal.out(`profile ${id} is erased\n`);
    return exitCodes.ok;
  },
};
