import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { readCounters } from '../../import/counters.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';
import { objectIn, textIn } from '../../remote/read-answer.ts';

export const tasksCancel: Command = {
  description: 'Stop what a task has not begun; what was done stays done',
  options: { task: { type: 'positional', description: 'its id' }, ...serverOptions },
  run: async (shell, given) => {
    const taskId = given.required('task');
    const client = await openClient(shell, given);
    const data = objectIn(await client.call('tasks/cancel', { task_id: taskId }), 'data');
    const { total = 0, cancelled = 0 } = readCounters(objectIn(data, 'counters'));
    if (given.flag('json')) printDocument(shell.terminal, { task_id: taskId, ...data });
    else {
      shell.terminal.out(`${taskId} is ${textIn(data, 'status')}: ${cancelled} of ${total} rows cancelled\n`);
    }
    return exitCodes.ok;
  },
};
