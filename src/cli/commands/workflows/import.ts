import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject, ownValue, tryParseJson } from '../../../base/index.ts';
import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import { openFile } from '../../import/open-text.ts';
import { printDocument } from '../../print/print-document.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, numberIn } from '../../remote/read-answer.ts';
import type { Shell } from '../../shell.ts';

const options = {
  file: { type: 'positional', description: 'as workflows export prints it; - = standard input' },
  database: { type: 'string', description: 'of a new workflow', default: '1', valueHint: 'id' },
  into: { type: 'string', description: 'replace the draft of this workflow instead', valueHint: 'id' },
  name: { type: 'string', description: 'another name' },
  publish: { type: 'boolean', description: 'check it and freeze it as a version' },
  activate: { type: 'boolean', description: 'publish it, and let it take profiles' },
  ...serverOptions,
} as const;

async function readText(shell: Shell, path: string): Promise<string> {
  if (path === '-') return text(shell.stdin);
  const file = await openFile(path);
  return file.readFile('utf8').finally(() => file.close());
}

/** A bare definition will do. */
function readWorkflow(path: string, json: string): JsonObject {
  const value = tryParseJson(json);
  if (isJsonObject(value)) {
    if (isJsonObject(ownValue(value, 'definition'))) return value;
    if (Array.isArray(ownValue(value, 'nodes'))) return { definition: value };
  }
  throw new CliError(`${path}: expected JSON as “muster workflows export” prints it`);
}

export const workflowsImport: Command = {
  description: 'Make a workflow of a file, or replace the draft of one',
  options,
  run: async (shell, given) => {
    const path = given.required('file');
    const workflow = readWorkflow(path, await readText(shell, path));
    const into = given.count('into');
    const name = given.text('name') ?? ownValue(workflow, 'name');
    const reentry = ownValue(workflow, 'reentry');
    const body = {
      definition: ownValue(workflow, 'definition') ?? null,
      ...(name === undefined ? {} : { name }),
      ...(reentry === undefined ? {} : { reentry }),
    };
    if (into === undefined && name === undefined) throw new CliError(`--name is missing: ${path} names none`);
    const client = await openClient(shell, given);
    let stored =
      into === undefined
        ? await client.admin('POST', '/workflows', { ...body, database_id: given.requiredCount('database') })
        : await client.admin('PATCH', `/workflows/${into}`, body);
    const id = numberIn(stored, 'id');
    const steps = given.flag('activate') ? ['publish', 'activate'] : given.flag('publish') ? ['publish'] : [];
    for (const step of steps) stored = await client.admin('POST', `/workflows/${id}/${step}`);
    if (given.flag('json')) printDocument(shell.terminal, stored);
    else {
      const done = steps.length === 0 ? 'its draft is stored' : `${steps.join(', ')}: done`;
      shell.terminal.out(`workflow ${id} “${cellOf(ownValue(stored, 'name'))}”: ${done}\n`);
    }
    return exitCodes.ok;
  },
};
