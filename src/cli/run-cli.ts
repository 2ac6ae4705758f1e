import { defineCommand, renderUsage } from 'citty';
import { toError } from '../base/index.ts';
import { ConfigError } from '../config/index.ts';
import { EmbeddedError } from '../db/index.ts';
import { VaultError } from '../vault/index.ts';
import { CliError, type ExitCode, exitCodes, Interrupted } from './cli-error.ts';
import { type Command, type CommandGroup, runCommand } from './command.ts';
import { ServerRefusal } from './remote/server-refusal.ts';
import type { Shell } from './shell.ts';

/** Their messages say what to do; where in the program they come from is nobody's business. */
const plainFaults = [ConfigError, EmbeddedError, VaultError];

interface Found {
  readonly path: readonly string[];
  readonly entry: Command | CommandGroup;
  readonly words: readonly string[];
}

/** Goes down by the first words as long as they name commands. */
function find(root: CommandGroup, words: readonly string[]): Found {
  let entry: Command | CommandGroup = root;
  let place = 0;
  while ('commands' in entry) {
    const word: string | undefined = words[place];
    if (word === undefined || !Object.hasOwn(entry.commands, word)) break;
    const below: Command | CommandGroup | undefined = entry.commands[word];
    if (below === undefined) break;
    entry = below;
    place += 1;
  }
  return { path: ['muster', ...words.slice(0, place)], entry, words: words.slice(place) };
}

function toUsage(name: string, entry: Command | CommandGroup) {
  return defineCommand({
    meta: { name, description: entry.description },
    ...('commands' in entry
      ? {
          subCommands: Object.fromEntries(
            Object.entries(entry.commands).map(([word, { description }]) => [
              word,
              defineCommand({ meta: { name: word, description } }),
            ]),
          ),
        }
      : { args: entry.options }),
  });
}

async function printHelp({ terminal }: Shell, { path, entry }: Found): Promise<void> {
  const usage = await renderUsage(toUsage(path.join(' '), entry));
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
  terminal.out(`${terminal.hasColor ? usage : usage.replace(escapes, '')}\n`);
}

function tell({ terminal }: Shell, thrown: unknown, json: boolean): ExitCode {
  const fault = toError(thrown);
  const isKnown =
    fault instanceof CliError ||
    fault instanceof ServerRefusal ||
    fault instanceof Interrupted ||
    plainFaults.some((known) => fault instanceof known);
  const text = isKnown ? fault.message : (fault.stack ?? fault.message);
  const advice = fault instanceof CliError ? fault.advice : undefined;
  if (json) {
    const status = fault instanceof ServerRefusal ? { status: fault.status } : {};
    const more = advice === undefined ? {} : { advice };
    terminal.err(`${JSON.stringify({ error: isKnown ? text : fault.message, ...more, ...status })}\n`);
  } else {
    terminal.err(`${advice === undefined ? text : `${text}; ${advice}`}\n`);
  }
  return fault instanceof Interrupted ? exitCodes.interrupted : exitCodes.unable;
}

/**
 * Runs the command that the words name.
 * @returns 0 = done; 1 = done, and something is wrong with what it was done to; 2 = it could not be done; 130 = Ctrl-C.
 */
export async function runCli(shell: Shell, root: CommandGroup, words: readonly string[]): Promise<ExitCode> {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  const json = options.includes('--json');
  const { terminal, version } = shell;
  try {
    if (words.length === 1 && words[0] === '--version') {
      terminal.out(json ? `${JSON.stringify({ version })}\n` : `${version}\n`);
      return exitCodes.ok;
    }
    const found = find(root, words);
    if (options.includes('--help') || options.includes('-h') || words.length === 0) {
      await printHelp(shell, found);
      return exitCodes.ok;
    }
    if (!('commands' in found.entry)) return await runCommand(found.entry, shell, found.words);
    const [word] = found.words;
    const known = Object.keys(found.entry.commands).join(', ');
    throw new CliError(
      word === undefined
        ? `${found.path.join(' ')}: expected one of ${known}`
        : `${found.path.join(' ')}: there is no command “${word}”; expected one of ${known}`,
    );
  } catch (thrown) {
    return tell(shell, thrown, json);
  }
}
