import { ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf } from '../../remote/read-answer.ts';

function createAction(action: string, description: string, done: string): Command {
  return {
    description,
    options: { workflow: { type: 'positional', description: 'its id' }, ...serverOptions },
    run: async (shell, given) => {
      const client = await openClient(shell, given);
      const id = given.requiredCount('workflow');
      const workflow = await client.admin('POST', `/workflows/${id}/${action}`);
      if (given.flag('json')) printDocument(shell.terminal, workflow);
      else {
        const version = cellOf(ownValue(workflow, 'published_version'));
        shell.terminal.out(`workflow ${id} ${done}${version === '' ? '' : ` (version ${version})`}\n`);
      }
      return exitCodes.ok;
    },
  };
}

export const workflowsPublish = createAction(
  'publish',
  'Check the draft and freeze it as the next version',
  'is published',
);
export const workflowsActivate = createAction('activate', 'Let a workflow take profiles', 'takes profiles');
export const workflowsDeactivate = createAction(
  'deactivate',
  'Take no more profiles; runs inside go on',
  'takes no more profiles; runs inside go on',
);
