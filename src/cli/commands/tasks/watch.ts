import { type ExitCode, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { openClient } from '../../remote/open-client.ts';
import { watchTask } from '../../watch-task.ts';

const PATIENCE_MS = 900_000;

export const tasksWatch: Command = {
  description: 'Show how far a task has come until it has ended. Exit code 1 = rows of it have failed',
  options: {
    task: { type: 'positional', description: 'its id; several with spaces', several: true },
    ...serverOptions,
  },
  run: async (shell, given) => {
    given.required('task');
    const client = await openClient(shell, given, PATIENCE_MS);
    const codes: ExitCode[] = [];
    for (const taskId of given.words('task')) codes.push(await watchTask(shell, given, client, taskId));
    return codes.find((code) => code !== exitCodes.ok) ?? exitCodes.ok;
  },
};
