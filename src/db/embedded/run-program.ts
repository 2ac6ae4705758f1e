import { spawn } from 'node:child_process';

/** The system account that a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

interface RunOptions {
  /** Absent = the account of this process. */
  readonly account?: Account | undefined;
  /** An open file that takes all output; absent = the output is collected. Needed where a daemon stays behind. */
  readonly outputFd?: number;
}

interface RunResult {
  readonly ok: boolean;
  readonly output: string;
}

/**
 * Runs a program to its end; one that cannot be started is a result that is not ok. It is detached, so that Ctrl-C in
 * the terminal does not reach it, and sees nothing of this process's environment: no PGDATA, no locale.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { account, outputFd } = options;
  const sink = outputFd ?? 'pipe';
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: process.platform === 'win32' ? undefined : '/',
      detached: process.platform !== 'win32',
      stdio: ['ignore', sink, sink],
      ...(process.platform === 'win32'
        ? {}
        : { env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }),
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    let output = '';
    const collect = (text: Buffer): void => {
      output += text.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (fault) => resolve({ ok: false, output: fault.message }));
    // `close` comes after the last output; without pipes it comes with the exit.
    child.on('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
