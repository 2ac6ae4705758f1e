import { type JsonObject, ownValue } from '../../../base/index.ts';
import { itemStates, reportColumns } from '../../../importer/index.ts';
import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { pourOutput } from '../../print/pour-output.ts';
import { printCsv } from '../../print/print-csv.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectsIn } from '../../remote/read-answer.ts';
import type { ServerClient } from '../../remote/server-client.ts';

const PAGE = 1_000;

const options = {
  task: { type: 'positional', description: 'its id' },
  states: { type: 'string', description: `only items in these, of ${itemStates.join(', ')}` },
  codes: { type: 'string', description: 'only items with these errors, such as 404,409' },
  csv: { type: 'boolean', description: 'print CSV' },
  out: { type: 'string', description: 'write to a file instead of standard output', valueHint: 'path' },
  ...serverOptions,
} as const;

const columns = [
  { title: 'ITEM', isNumber: true },
  { title: 'STATE' },
  { title: 'PROFILE' },
  { title: 'FIELD' },
  { title: 'ERROR' },
  { title: 'ROW' },
];
const shown = ['item', 'state', 'profile_id', 'field', 'error_text', 'row'];

async function* readPages(client: ServerClient, body: JsonObject): AsyncGenerator<JsonObject[]> {
  let from: number | undefined = 0;
  while (from !== undefined) {
    const answer: JsonObject = await client.call('tasks/report', { ...body, from, limit: PAGE });
    const rows = objectsIn(answer, 'data');
    if (rows.length > 0) yield rows;
    const next = ownValue(answer, 'next_from');
    from = typeof next === 'number' ? next : undefined;
  }
}

function cells(row: JsonObject, keys: readonly string[]): string[] {
  return keys.map((key) => cellOf(ownValue(row, key)));
}

async function* print(
  pages: AsyncIterable<JsonObject[]>,
  format: 'json' | 'csv' | 'table',
  toTable: (rows: string[][]) => string,
): AsyncGenerator<string> {
  if (format === 'csv') yield printCsv([[...reportColumns]]);
  for await (const rows of pages) {
    if (format === 'json') yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    else if (format === 'csv') yield printCsv(rows.map((row) => cells(row, reportColumns)));
    else yield toTable(rows.map((row) => cells(row, shown)));
  }
}

export const tasksReport: Command = {
  description: 'What became of each item of a task; --json prints NDJSON',
  options,
  run: async (shell, given) => {
    const states = given.list('states');
    const unknown = states.find((state) => !itemStates.some((known) => known === state));
    if (unknown !== undefined) {
      throw new CliError(`--states: expected some of ${itemStates.join(', ')}, got “${unknown}”`);
    }
    const codes = given.list('codes').map(Number);
    const body = {
      task_id: given.required('task'),
      ...(states.length === 0 ? {} : { states }),
      ...(codes.length === 0 ? {} : { codes }),
    };
    const client = await openClient(shell, given);
    const format = given.flag('json') ? 'json' : given.flag('csv') ? 'csv' : 'table';
    const toTable = (rows: string[][]): string => printTable(shell.terminal, columns, rows);
    await pourOutput(shell, given.text('out'), print(readPages(client, body), format, toTable));
    return exitCodes.ok;
  },
};
