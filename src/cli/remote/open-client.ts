import type { Options } from '../options.ts';
import type { Shell } from '../shell.ts';
import { findServer, type ServerAddress } from './find-server.ts';
import { ServerClient } from './server-client.ts';

/** So long a person is left waiting for a server that is busy. One that is not there is told of at once. */
const PATIENCE_MS = 10_000;

/**
 * The server that the options name.
 * @param patienceMs of a command that takes long anyway, also with a server that cannot be reached for a while.
 */
export async function openClient(
  shell: Shell,
  options: Options,
  patienceMs?: number,
  found?: ServerAddress,
): Promise<ServerClient> {
  const { clock, signal, terminal } = shell;
  const address = found ?? (await findServer(shell, options));
  const limitMs = patienceMs ?? PATIENCE_MS;
  let isTold = false;
  return new ServerClient(address, {
    ...{ clock, signal, patienceMs: limitMs, faultPatienceMs: patienceMs ?? 0 },
    onPause: (reason, pauseMs) => {
      if (options.flag('json') || isTold) return;
      isTold = true;
      const limit = limitMs >= 60_000 ? `${limitMs / 60_000} min` : `${limitMs / 1000} s`;
      terminal.err(`${address.url}: ${reason}; again in ${pauseMs / 1000} s, for up to ${limit}\n`);
    },
  });
}
