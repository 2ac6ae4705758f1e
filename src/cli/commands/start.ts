import type { JsonObject } from '../../base/index.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { type Command, serverOptions } from '../command.ts';
import { printDocument } from '../print/print-document.ts';
import { openClient } from '../remote/open-client.ts';
import { textIn } from '../remote/read-answer.ts';
import { watchTask } from '../watch-task.ts';

const options = {
  workflow: { type: 'string', description: 'the workflow', valueHint: 'id' },
  id: { type: 'string', description: 'the id of a profile; several with commas, or repeated' },
  filter: { type: 'string', description: 'all profiles that meet it', valueHint: 'json' },
  content: { type: 'string', description: 'for templates, {apicontent.…}', valueHint: 'json' },
  'custom-data': { type: 'string', description: 'for the events of these runs', valueHint: 'json' },
  'no-wait': { type: 'boolean', description: 'print the task, and do not wait for its end' },
  ...serverOptions,
} as const;

function whom(ids: readonly string[], filter: JsonObject | undefined): JsonObject {
  if (ids.length > 0 === (filter !== undefined)) {
    throw new CliError(
      'expected either --id or --filter',
      `--filter '{}' means every profile of the database`,
    );
  }
  if (filter !== undefined) return { custom_request: filter, data: [] };
  return { matching: 'profile_id', data: ids.map((id) => ({ profile_id: id, data: {} })) };
}

export const start: Command = {
  description: 'Send existing profiles into a workflow, as a task',
  options,
  run: async (shell, given) => {
    const [content, customData] = [given.object('content'), given.object('custom-data')];
    const body = {
      workflow_id: given.requiredCount('workflow'),
      ...whom(given.list('id'), given.object('filter')),
      ...(content === undefined ? {} : { content }),
      ...(customData === undefined ? {} : { custom_data: customData }),
    };
    const client = await openClient(shell, given);
    const taskId = textIn(await client.call('workflows/import_and_start_batch_task', body), 'task_id');
    if (!given.flag('no-wait')) return watchTask(shell, given, client, taskId);
    if (given.flag('json')) printDocument(shell.terminal, { task_id: taskId });
    else shell.terminal.out(`${taskId}\n`);
    return exitCodes.ok;
  },
};
