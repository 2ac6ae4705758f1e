import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isJsonObject, ownValue, systemClock, tryParseJson } from '../base/index.ts';
import { root } from './root.ts';
import { runCli } from './run-cli.ts';
import type { Terminal } from './shell.ts';

/** npm passes Ctrl-C on to a child that the terminal has told already: the second one is an echo, not a wish. */
const ECHO_MS = 1_000;

function openTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr } = process;
  const isPlain = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return {
    out: (text) => void stdout.write(text),
    pour: async (pieces) => {
      for await (const piece of pieces) if (!stdout.write(piece)) await once(stdout, 'drain');
    },
    err: (text) => void stderr.write(text),
    width: stdout.isTTY ? stdout.columns : undefined,
    hasColor: stdout.isTTY && !isPlain,
    bar: stderr.isTTY && environment['TERM'] !== 'dumb' ? stderr : undefined,
  };
}

/** Aborted by the first signal; the second ends the process at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  let askedAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const now = performance.now();
      if (askedAt !== undefined && now - askedAt > ECHO_MS) process.exit(130);
      askedAt ??= now;
      controller.abort();
    });
  }
  return controller.signal;
}

async function readVersion(): Promise<string> {
  const file = tryParseJson(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const version = isJsonObject(file) ? ownValue(file, 'version') : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

// Whoever reads the answer, such as `head`, may have enough of it.
process.stdout.on('error', (fault) => process.exit('code' in fault && fault.code === 'EPIPE' ? 0 : 2));

process.exitCode = await runCli(
  {
    environment: process.env,
    homeDir: homedir(),
    version: await readVersion(),
    clock: systemClock,
    signal: abortOnSignals(),
    stdin: process.stdin,
    terminal: openTerminal(process.env),
  },
  root,
  process.argv.slice(2),
);
