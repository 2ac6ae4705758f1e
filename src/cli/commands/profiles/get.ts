import { type JsonValue, ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectIn, objectsIn } from '../../remote/read-answer.ts';

const options = {
  profile_id: { type: 'positional', description: 'its id, 24 hexadecimal digits' },
  database: { type: 'string', description: 'its database', default: '1', valueHint: 'id' },
  ...serverOptions,
} as const;

export const profilesGet: Command = {
  description: 'Show a profile',
  options,
  run: async (shell, given) => {
    const client = await openClient(shell, given);
    const id = encodeURIComponent(given.required('profile_id'));
    const profile = await client.admin(
      'GET',
      `/profiles/${id}?database_id=${given.requiredCount('database')}`,
    );
    if (given.flag('json')) {
      printDocument(shell.terminal, profile);
      return exitCodes.ok;
    }
    const own = ['id', 'created_at', 'updated_at'].map((key): [string, JsonValue | undefined] => [
      key,
      ownValue(profile, key),
    ]);
    const subscriptions = objectsIn(profile, 'subscriptions').map(
      (subscription): [string, JsonValue | undefined] => ['subscription', subscription],
    );
    const rows = [...own, ...Object.entries(objectIn(profile, 'fields')), ...subscriptions];
    const columns = [{ title: 'FIELD' }, { title: 'VALUE' }];
    shell.terminal.out(
      printTable(
        shell.terminal,
        columns,
        rows.map(([name, value]) => [name, cellOf(value)]),
      ),
    );
    return exitCodes.ok;
  },
};
