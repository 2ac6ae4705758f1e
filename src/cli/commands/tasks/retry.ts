import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';
import { numberIn, textIn } from '../../remote/read-answer.ts';
import { watchTask } from '../../watch-task.ts';

const options = {
  task: { type: 'positional', description: 'its id' },
  codes: { type: 'string', description: 'only items with these errors, such as 404,409' },
  wait: { type: 'boolean', description: 'wait until the new task has ended' },
  ...serverOptions,
} as const;

export const tasksRetry: Command = {
  description: 'Try the failed items of a task again, as a task of their own',
  options,
  run: async (shell, given) => {
    const parent = given.required('task');
    const codes = given.list('codes').map((code) => {
      if (/^\d{3}$/.test(code)) return Number(code);
      throw new CliError(`--codes: expected numbers such as 404,409, got “${code}”`);
    });
    const client = await openClient(shell, given);
    const body = { task_id: parent, ...(codes.length === 0 ? {} : { codes }) };
    const answer = await client.call('tasks/retry_failed', body);
    const [taskId, total, left] = [
      textIn(answer, 'task_id'),
      numberIn(answer, 'total'),
      numberIn(answer, 'left'),
    ];
    if (given.flag('wait')) return watchTask(shell, given, client, taskId);
    if (given.flag('json')) printDocument(shell.terminal, { task_id: taskId, total, left });
    else {
      shell.terminal.out(`${total} items are tried again as task ${taskId}; ${left} were left as they are\n`);
    }
    return exitCodes.ok;
  },
};
