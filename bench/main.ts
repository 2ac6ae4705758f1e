import { randomBytes } from 'node:crypto';
import { watchStopSignals } from '../demo/stop-signals.ts';
import { toError } from '../src/base/index.ts';
import { EmbeddedError } from '../src/db/index.ts';
import { createBenchClient } from './bench-client.ts';
import { type Figures, toFigures } from './figures.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { startBenchPostgres } from './postgres.ts';
import { printTable } from './print-table.ts';
import { type Round, runRounds } from './run-rounds.ts';
import { startServerProcess } from './server-process.ts';

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function tellRound(rounds: number, round: number, measured: Round): void {
  const name = round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
  const pair = ({ completedMs, copyMs }: Round['new']): string =>
    `${Math.round(completedMs)} ms (COPY ${Math.round(copyMs)} ms)`;
  tell(`${name}: new ${pair(measured.new)}, existing ${pair(measured.existing)}`);
}

/** Starts all that is needed, measures, and stops it again whatever happened. */
async function measure(options: BenchOptions, signal: AbortSignal): Promise<Figures> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const postgres = await startBenchPostgres();
    stops.push(postgres.stop);
    signal.throwIfAborted();
    const token = randomBytes(24).toString('hex');
    // Batches of any size are to be measured, not refused.
    const limits = {
      MUSTER_BODY_LIMIT_BYTES: String(Math.max(10_485_760, options.rows * 1_000)),
      MUSTER_MAX_ITEMS: String(Math.max(100_000, options.rows)),
    };
    const server = await startServerProcess(
      {
        ...limits,
        DATABASE_URL: postgres.url,
        MUSTER_TOKEN: token,
        MUSTER_SECRET_KEY: randomBytes(32).toString('hex'),
        MUSTER_ROLE: 'all',
        MUSTER_LOG_LEVEL: 'warn',
      },
      signal,
    );
    stops.push(server.stop);
    const client = createBenchClient(server.url, token);
    stops.push(client.close);
    const rounds = await runRounds(client, postgres.url, options, signal, (round, measured) =>
      tellRound(options.rounds, round, measured),
    );
    return toFigures(rounds, options.rows, postgres.settings, new Date());
  } finally {
    for (const stop of stops.toReversed()) {
      await stop().catch((fault: unknown) => tell(toError(fault).message));
    }
  }
}

/** @returns the exit code. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options.ok) {
    if (options.error === 'help') process.stdout.write(USAGE);
    else tell(`${options.error}\n\n${USAGE}`);
    return options.error === 'help' ? 0 : 2;
  }
  const signal = watchStopSignals(() => process.exit(130));
  try {
    const figures = await measure(options.value, signal);
    process.stdout.write(
      options.value.json ? `${JSON.stringify(figures, null, 2)}\n` : `\n${printTable(figures)}`,
    );
    return 0;
  } catch (fault) {
    if (signal.aborted) {
      tell('stopped');
      return 130;
    }
    const error = toError(fault);
    tell(error instanceof EmbeddedError ? error.message : (error.stack ?? error.message));
    return 1;
  }
}

process.exitCode = await main();
