import type { Muster } from './app.ts';
import { createLog, killAt, type Log, noSignals, toError } from './base/index.ts';
import { type Config, ConfigError, readConfig } from './config/index.ts';
import { EmbeddedError, type EmbeddedServer, startEmbedded } from './db/index.ts';

/** npm passes Ctrl-C on to a child that the terminal has told already: the second one is an echo, not a wish. */
const ECHO_MS = 1_000;

/** Their messages say what to do; where in the program they come from is nobody's business. */
const plainFaults = [ConfigError, EmbeddedError];
/** Those of rooms that are not loaded before they are needed. */
const plainFaultNames = ['GeoFileError', 'VaultError'];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeFault(fault: Error, config: Config | undefined): string {
  if (plainFaults.some((known) => fault instanceof known)) return fault.message;
  if (plainFaultNames.includes(fault.name)) return fault.message;
  if ('code' in fault && fault.code === 'EADDRINUSE') {
    return `port ${config?.port} of ${config?.host} is taken; set PORT to another one`;
  }
  return fault.stack ?? fault.message;
}

function stopOnSignals(muster: Muster): void {
  let askedAt: number | undefined;
  const ask = (): void => {
    const now = performance.now();
    if (askedAt !== undefined) {
      if (now - askedAt > ECHO_MS) process.exit(130);
      return;
    }
    askedAt = now;
    print('Stopping: work under way is ended, then the database. Again to stop at once.');
    void muster.stop().then(
      () => print('Stopped.'),
      (thrown: unknown) => {
        process.stderr.write(`${toError(thrown).stack}\n`);
        process.exitCode = 1;
      },
    );
  };
  // SIGHUP is what a closed terminal sends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
}

function greet(muster: Muster, config: Config): void {
  print(`Muster listens at ${muster.url}`);
  if (muster.firstToken !== undefined) {
    print(`API token (shown this once, keep it): ${muster.firstToken}`);
    print(`Make your account in the browser: ${muster.url}/#setup=${muster.firstToken}`);
  }
  if (config.databaseUrl === undefined) print(`Data lies in ${config.dataDir}. Ctrl-C stops.`);
}

/** PostgreSQL comes up while the rest of the program is loaded. */
function startEarly(config: Config, log: Log): Promise<EmbeddedServer> | undefined {
  if (config.databaseUrl !== undefined) return undefined;
  const embedded = startEmbedded({ dataDir: config.dataDir, log });
  // Whoever awaits it is told of its fault.
  embedded.catch(() => {});
  return embedded;
}

/** Where the rest did not start. Its own fault was told. */
async function stopEarly(embedded: Promise<EmbeddedServer> | undefined): Promise<void> {
  const server = await embedded?.catch(() => undefined);
  await server?.stop();
}

/** One of the three places that catch: what ends the start is told to the operator, in words where they are known. */
export async function run(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  let config: Config | undefined;
  let embedded: Promise<EmbeddedServer> | undefined;
  try {
    config = readConfig(environment);
    const { failPoint } = config;
    const signals = failPoint === undefined ? noSignals : killAt(failPoint.point, failPoint.nth);
    const log = createLog(config.logLevel);
    embedded = startEarly(config, log);
    const { startMuster } = await import('./app.ts');
    const muster = await startMuster(config, { signals, log, ...(embedded && { embedded }) });
    stopOnSignals(muster);
    greet(muster, config);
  } catch (thrown) {
    await stopEarly(embedded);
    process.stderr.write(`${describeFault(toError(thrown), config)}\n`);
    process.exitCode = 1;
  }
}
