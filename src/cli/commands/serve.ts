import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CliError, type ExitCode, exitCodes } from '../cli-error.ts';
import type { Command } from '../command.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** The program of `npm start`, in a process of its own: rooms do not know what stands above them. */
export const serve: Command = {
  description: 'Run the server, as npm start does; settings are environment variables (docs/operations.md)',
  options: {},
  run: async ({ signal }): Promise<ExitCode> => {
    const child = spawn(process.execPath, [MAIN], { stdio: 'inherit' });
    // A terminal tells both; the child takes a second one so soon for an echo.
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    const ended = once(child, 'exit');
    const failed = once(child, 'error').then(([fault]) => {
      throw new CliError(`the server cannot be started: ${String(fault)}`);
    });
    const [code]: unknown[] = await Promise.race([ended, failed]);
    return code === 0 ? exitCodes.ok : exitCodes.unable;
  },
};
