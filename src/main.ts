import { type Muster, startMuster } from './app.ts';
import { killAt, noSignals, toError } from './base/index.ts';
import { type Config, ConfigError, readConfig } from './config/index.ts';
import { EmbeddedError } from './db/index.ts';
import { GeoFileError } from './geo/index.ts';
import { VaultError } from './vault/index.ts';

/** npm passes Ctrl-C on to a child that the terminal has told already: the second one is an echo, not a wish. */
const ECHO_MS = 1_000;

/** Their messages say what to do; where in the program they come from is nobody's business. */
const plainFaults = [ConfigError, EmbeddedError, GeoFileError, VaultError];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeFault(fault: Error, config: Config | undefined): string {
  if (plainFaults.some((known) => fault instanceof known)) return fault.message;
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

/** One of the three places that catch: what ends the start is told to the operator, in words where they are known. */
async function main(): Promise<void> {
  let config: Config | undefined;
  try {
    config = readConfig(process.env);
    const { failPoint } = config;
    const signals = failPoint === undefined ? noSignals : killAt(failPoint.point, failPoint.nth);
    const muster = await startMuster(config, { signals });
    stopOnSignals(muster);
    greet(muster, config);
  } catch (thrown) {
    process.stderr.write(`${describeFault(toError(thrown), config)}\n`);
    process.exitCode = 1;
  }
}

await main();
