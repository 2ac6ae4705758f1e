import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/index.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const READY_SECONDS = 60;
const STOP_SECONDS = 20;
const POLL_MS = 10;

/** Muster in a process of its own, as an operator runs it. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** ms from its start to the first good answer of /readyz. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}

/** False while nobody listens yet. */
async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/**
 * Starts `src/main.ts` with Node as this process runs it, and waits until it is ready.
 * @param environment what is set beside the variables of this process.
 * @throws {Error} when it ends or is not ready within a minute; what it said is on standard error.
 */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ServerProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, HOST: '127.0.0.1', ...environment, PORT: String(port) },
    // What it prints is for people; what goes wrong is for whoever runs the benchmark.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  async function stop(): Promise<void> {
    if (isRunning()) child.kill('SIGTERM');
    const done = new AbortController();
    const late = systemClock.sleep(STOP_SECONDS * 1000, done.signal).then(() => {
      if (isRunning()) child.kill('SIGKILL');
    });
    await ended;
    done.abort();
    await late;
  }
  try {
    const deadline = performance.now() + READY_SECONDS * 1000;
    while (!(await isReady(url))) {
      signal.throwIfAborted();
      if (!isRunning()) throw new Error('the server ended before it was ready');
      if (performance.now() > deadline) throw new Error(`the server was not ready in ${READY_SECONDS} s`);
      await systemClock.sleep(POLL_MS, signal);
    }
    return { url, pid: child.pid ?? 0, readyMs: performance.now() - startedAt, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
