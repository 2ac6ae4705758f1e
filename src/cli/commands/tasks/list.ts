import { type JsonObject, ownValue } from '../../../base/index.ts';
import { taskStates } from '../../../importer/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { countFailed, readCounters } from '../../import/counters.ts';
import { printDocument } from '../../print/print-document.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectIn, objectsIn, textIn } from '../../remote/read-answer.ts';

const options = {
  database: { type: 'string', description: 'those of one database', valueHint: 'id' },
  workflow: { type: 'string', description: 'those of one workflow', valueHint: 'id' },
  status: { type: 'string', description: `one of ${taskStates.join(', ')}` },
  limit: { type: 'string', description: 'how many', default: '20', valueHint: 'count' },
  after: { type: 'string', description: 'go on after this task', valueHint: 'id' },
  ...serverOptions,
} as const;

const columns = [
  { title: 'TASK' },
  { title: 'STATUS' },
  { title: '%', isNumber: true },
  { title: 'ROWS', isNumber: true },
  { title: 'CREATED', isNumber: true },
  { title: 'UPDATED', isNumber: true },
  { title: 'FAILED', isNumber: true },
  { title: 'WORKFLOW', isNumber: true },
  { title: 'ACCEPTED' },
];

function toRow(task: JsonObject): string[] {
  const counters = readCounters(objectIn(task, 'counters'));
  const { total = 0, created = 0, updated = 0 } = counters;
  return [
    textIn(task, 'task_id'),
    textIn(task, 'status'),
    cellOf(ownValue(task, 'progress')),
    ...[total, created, updated, countFailed(counters)].map(String),
    cellOf(ownValue(task, 'workflow_id')),
    textIn(task, 'accepted_at').slice(0, 19).replace('T', ' '),
  ];
}

export const tasksList: Command = {
  description: 'List tasks, the last accepted first',
  options,
  run: async (shell, given) => {
    const [database, workflow] = [given.count('database'), given.count('workflow')];
    const status = given.choice('status', taskStates);
    const after = given.text('after');
    const client = await openClient(shell, given);
    const answer = await client.call('tasks/list', {
      limit: given.count('limit') ?? 20,
      ...(database === undefined ? {} : { db_id: database }),
      ...(workflow === undefined ? {} : { workflow_id: workflow }),
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
    });
    const tasks = objectsIn(answer, 'data');
    const next = ownValue(answer, 'next_after') ?? null;
    if (given.flag('json')) printDocument(shell.terminal, { data: tasks, next_after: next });
    else {
      shell.terminal.out(printTable(shell.terminal, columns, tasks.map(toRow)));
      if (next !== null) shell.terminal.out(`More: --after ${cellOf(next)}\n`);
    }
    return exitCodes.ok;
  },
};
