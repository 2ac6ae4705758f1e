import { parseArgs } from 'node:util';
import { failure, type Outcome, success } from '../src/base/index.ts';

export interface BenchOptions {
  /** Print JSON and nothing else on standard output. */
  readonly json: boolean;
  /** Rounds that count, after one that warms up. */
  readonly rounds: number;
  /** Profiles in a batch. */
  readonly rows: number;
}

export const USAGE = `npm run bench -- [--json] [--rounds N] [--rows N] [--short]

  --json       print the figures as JSON
  --rounds N   rounds that count, after one that warms up (7)
  --rows N     profiles in a batch (10000)
  --short      three rounds, for a look in about a minute
`;

function readCount(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) return fallback;
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** @returns the options, or what is wrong with them; `help` = somebody asked for the usage. */
export function readOptions(args: readonly string[]): Outcome<BenchOptions, string> {
  let values: { json?: boolean; short?: boolean; help?: boolean; rounds?: string; rows?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        short: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        rounds: { type: 'string' },
        rows: { type: 'string' },
      },
    }));
  } catch (fault) {
    return failure(fault instanceof Error ? fault.message : String(fault));
  }
  if (values.help === true) return failure('help');
  const rounds = readCount(values.rounds, values.short === true ? 3 : 7);
  const rows = readCount(values.rows, 10_000);
  if (rounds === undefined) return failure('--rounds: expected a whole number of at least 1');
  if (rows === undefined) return failure('--rows: expected a whole number of at least 1');
  return success({ json: values.json === true, rounds, rows });
}
