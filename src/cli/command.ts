import type { ExitCode } from './cli-error.ts';
import { Options, type OptionTable } from './options.ts';
import type { Shell } from './shell.ts';

/** A command that does something. */
export interface Command {
  readonly description: string;
  readonly options: OptionTable;
  run(shell: Shell, options: Options): Promise<ExitCode>;
}

/** A word that commands stand behind. */
export interface CommandGroup {
  readonly description: string;
  readonly commands: Readonly<Record<string, Command | CommandGroup>>;
}

/** Of every command. */
export const jsonOption = {
  json: { type: 'boolean', description: 'print JSON for programs, and no progress' },
} as const satisfies OptionTable;

/** Of the commands that work on a server by its API. */
export const serverOptions = {
  url: { type: 'string', description: 'the server; else MUSTER_URL, the profile, http://127.0.0.1:8080' },
  token: { type: 'string', description: 'the API token; else MUSTER_TOKEN, the profile' },
  profile: { type: 'string', description: 'which server of ~/.config/muster/config.json', valueHint: 'name' },
  ...jsonOption,
} as const satisfies OptionTable;

export async function runCommand(
  command: Command,
  shell: Shell,
  words: readonly string[],
): Promise<ExitCode> {
  return command.run(shell, new Options(command.options, words));
}
