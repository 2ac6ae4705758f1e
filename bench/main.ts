import { watchStopSignals } from '../demo/stop-signals.ts';
import { toError } from '../src/base/index.ts';
import { EmbeddedError } from '../src/db/index.ts';
import { type Bench, Stops } from './environment/bench.ts';
import { startBenchPostgres } from './environment/postgres.ts';
import { type Document, toDocument } from './figures/document.ts';
import type { Figure } from './figures/figure.ts';
import { printMarkdown } from './figures/print-markdown.ts';
import { printTable } from './figures/print-table.ts';
import { measures } from './measures/index.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';

const printers = {
  table: (document: Document) => `\n${printTable(document)}`,
  json: (document: Document) => `${JSON.stringify(document, null, 2)}\n`,
  markdown: printMarkdown,
} as const;

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function printUsage(): string {
  const width = Math.max(...measures.map(({ name }) => name.length)) + 2;
  const list = measures.map(({ name, title, against, reach, isLong }) => {
    const beside = against === '' ? '' : `; beside ${against}`;
    const asked = reach === '' ? '' : `; to reach: ${reach}`;
    return `  ${name.padEnd(width)}${title}${beside}${asked}${isLong ? ' (long: only by name)' : ''}`;
  });
  return `${USAGE}\n${list.join('\n')}\n`;
}

/** Starts the PostgreSQL, measures one thing after the other, and stops it again whatever happened. */
async function measure(options: BenchOptions, signal: AbortSignal): Promise<Document> {
  const stops = new Stops();
  try {
    const postgres = await startBenchPostgres();
    stops.add(postgres.stop);
    const { rounds, rows, scale, short: isShort } = options;
    const bench: Bench = { postgres, signal, isShort, rounds, rows, scale, tell };
    const chosen = measures.filter(({ name, isLong = false }) =>
      options.names.length === 0 ? !isLong : options.names.includes(name),
    );
    const figures: Figure[] = [];
    for (const { name, title, run } of chosen) {
      signal.throwIfAborted();
      tell(`${name}: ${title}`);
      figures.push(...(await run(bench)));
    }
    return toDocument(figures, postgres.settings, { date: new Date(), isShort });
  } finally {
    await stops.run(tell);
  }
}

/** @returns the exit code. */
async function main(): Promise<number> {
  const options = readOptions(
    process.argv.slice(2),
    measures.map(({ name }) => name),
  );
  if (!options.ok) {
    if (options.error === 'help') process.stdout.write(printUsage());
    else tell(`${options.error}\n\n${printUsage()}`);
    return options.error === 'help' ? 0 : 2;
  }
  const signal = watchStopSignals(() => process.exit(130));
  try {
    const document = await measure(options.value, signal);
    process.stdout.write(printers[options.value.format](document));
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
