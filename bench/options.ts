import { parseArgs } from 'node:util';
import { failure, type Outcome, success } from '../src/base/index.ts';

export interface BenchOptions {
  /** Names of measures; empty = all of the usual ones. */
  readonly names: readonly string[];
  readonly format: 'table' | 'json' | 'markdown';
  /** Few rounds and small sizes. */
  readonly short: boolean;
  /** Rounds that count, after one that warms up. */
  readonly rounds: number;
  /** Profiles in a batch of `import`. */
  readonly rows: number;
  /** What the sizes of `growth` are multiplied by. */
  readonly scale: number;
}

const ROUNDS = 5;
const SHORT_ROUNDS = 3;

export const USAGE = `npm run bench -- [NAME…] [--json | --markdown] [--short] [--rounds N] [--rows N] [--scale X]

  NAME…        only these measures; without any all but the long ones
  --json       print the figures as one JSON document
  --markdown   print them as one Markdown table, as docs/performance.md has it
  --short      ${SHORT_ROUNDS} rounds and small sizes, for a first look in two to three minutes on an idle machine
  --rounds N   rounds that count, after one that warms up (${ROUNDS})
  --rows N     profiles in a batch of import (10000)
  --scale X    what the sizes of growth are multiplied by (1): 0.1 = a tenth
`;

function readNumber(
  text: string | undefined,
  fallback: number,
  isGood: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return fallback;
  const value = Number(text);
  return isGood(value) ? value : undefined;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      short: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      rounds: { type: 'string' },
      rows: { type: 'string' },
      scale: { type: 'string' },
    },
  });
}

/** @returns the options, or what is wrong with them; `help` = somebody asked for the usage. */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
): Outcome<BenchOptions, string> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (fault) {
    return failure(fault instanceof Error ? fault.message : String(fault));
  }
  const { values, positionals: names } = parsed;
  if (values.help === true) return failure('help');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) return failure(`${unknown}: there are ${known.join(', ')}`);
  if (values.json === true && values.markdown === true) return failure('--json and --markdown are two');
  const short = values.short === true;
  const rounds = readNumber(values.rounds, short ? SHORT_ROUNDS : ROUNDS, isCount);
  const rows = readNumber(values.rows, 10_000, isCount);
  const scale = readNumber(values.scale, 1, (value) => value > 0 && value <= 10);
  if (rounds === undefined) return failure('--rounds: expected a whole number of at least 1');
  if (rows === undefined) return failure('--rows: expected a whole number of at least 1');
  if (scale === undefined) return failure('--scale: expected a number above 0, at most 10');
  const format = values.json === true ? 'json' : values.markdown === true ? 'markdown' : 'table';
  return success({ names, format, short, rounds, rows, scale });
}
