import { type JsonObject, ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectsIn } from '../../remote/read-answer.ts';
import type { ServerClient } from '../../remote/server-client.ts';

const PAGE = 200;

const columns = [
  { title: 'ID', isNumber: true },
  { title: 'NAME' },
  { title: 'STATE' },
  { title: 'VERSION', isNumber: true },
  { title: 'DATABASE', isNumber: true },
  { title: 'RE-ENTRY' },
  { title: 'CHANGED' },
];

function stateOf(workflow: JsonObject): string {
  if (ownValue(workflow, 'published_version') === null) return 'draft';
  if (ownValue(workflow, 'paused_at') !== null) return 'paused';
  return ownValue(workflow, 'active') === true ? 'active' : 'inactive';
}

function toRow(workflow: JsonObject): string[] {
  const cell = (key: string): string => cellOf(ownValue(workflow, key));
  return [
    ...[cell('id'), cell('name'), stateOf(workflow), cell('published_version'), cell('database_id')],
    ...[cell('reentry'), cell('updated_at').slice(0, 19).replace('T', ' ')],
  ];
}

async function readAll(client: ServerClient, databaseId: number | undefined): Promise<JsonObject[]> {
  const narrowed = databaseId === undefined ? '' : `&database_id=${databaseId}`;
  const all: JsonObject[] = [];
  let from: number | undefined = 1;
  while (from !== undefined) {
    const page: JsonObject = await client.admin('GET', `/workflows?limit=${PAGE}&from_id=${from}${narrowed}`);
    all.push(...objectsIn(page, 'data'));
    const next = ownValue(page, 'next_from_id');
    from = typeof next === 'number' ? next : undefined;
  }
  return all;
}

export const workflowsList: Command = {
  description: 'List workflows',
  options: {
    database: { type: 'string', description: 'those of one database', valueHint: 'id' },
    ...serverOptions,
  },
  run: async (shell, given) => {
    const workflows = await readAll(await openClient(shell, given), given.count('database'));
    if (given.flag('json')) printDocument(shell.terminal, { data: workflows });
    else shell.terminal.out(printTable(shell.terminal, columns, workflows.map(toRow)));
    return exitCodes.ok;
  },
};
