import { ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { pourOutput } from '../../print/pour-output.ts';
import { openClient } from '../../remote/open-client.ts';

const options = {
  workflow: { type: 'positional', description: 'its id' },
  out: { type: 'string', description: 'write to a file instead of standard output', valueHint: 'path' },
  ...serverOptions,
} as const;

/** Names, re-entry mode and draft: what `workflows import` takes. */
export const workflowsExport: Command = {
  description: 'Print the draft of a workflow as JSON, for workflows import',
  options,
  run: async (shell, given) => {
    const client = await openClient(shell, given);
    const workflow = await client.admin('GET', `/workflows/${given.requiredCount('workflow')}`);
    const kept = ['name', 'reentry', 'definition'].map((key) => [key, ownValue(workflow, key)]);
    const text = `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
    await pourOutput(
      shell,
      given.text('out'),
      (async function* one() {
        yield text;
      })(),
    );
    return exitCodes.ok;
  },
};
