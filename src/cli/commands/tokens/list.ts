import { ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectsIn } from '../../remote/read-answer.ts';

const columns = [
  { title: 'ID', isNumber: true },
  { title: 'NAME' },
  { title: 'RIGHTS' },
  { title: 'DATABASES' },
  { title: 'MADE' },
  { title: 'REVOKED' },
];

export const tokensList: Command = {
  description: 'List tokens, without their secrets',
  options: serverOptions,
  run: async (shell, given) => {
    const client = await openClient(shell, given);
    const tokens = objectsIn(await client.admin('GET', '/tokens'), 'data');
    if (given.flag('json')) {
      printDocument(shell.terminal, { data: tokens });
      return exitCodes.ok;
    }
    const rows = tokens.map((token) => {
      const words = (key: string, none: string): string => {
        const value = ownValue(token, key);
        return Array.isArray(value) ? value.map(cellOf).join(', ') : none;
      };
      const day = (key: string): string => cellOf(ownValue(token, key)).slice(0, 10);
      return [
        ...[cellOf(ownValue(token, 'id')), cellOf(ownValue(token, 'name'))],
        ...[words('rights', ''), words('database_ids', 'every'), day('created_at'), day('revoked_at')],
      ];
    });
    shell.terminal.out(printTable(shell.terminal, columns, rows));
    return exitCodes.ok;
  },
};
