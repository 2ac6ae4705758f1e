import { arch, cpus, platform, totalmem } from 'node:os';
import type { BatchKind } from './batch-body.ts';
import type { Measured, Round } from './run-rounds.ts';
import { type Stats, summarise } from './stats.ts';

export interface BatchFigures {
  /** ms from sending the request: to its answer, to `completed`, to the end of the last run; then COPY's own time. */
  readonly accept_ms: Stats;
  readonly completed_ms: Stats;
  readonly runs_ended_ms: Stats;
  readonly copy_ms: Stats;
  /** Of the pairs, each an import and COPY of what it left: 1 = as fast as COPY. */
  readonly copy_to_import: Stats;
  /** At the median to `completed`. */
  readonly rows_per_second: number;
}

/** What `--json` prints. */
export interface Figures {
  readonly benchmark: 'import';
  readonly date: string;
  readonly machine: { cpu: string; cores: number; memory_bytes: number; platform: string };
  readonly node: string;
  readonly postgres: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly new: BatchFigures;
  readonly existing: BatchFigures;
  readonly rounds: readonly Round[];
}

function summariseBatch(rounds: readonly Round[], kind: BatchKind, rows: number): BatchFigures {
  const stats = (value: (measured: Measured) => number): Stats =>
    summarise(rounds.map((round) => value(round[kind])));
  const completed = stats(({ completedMs }) => completedMs);
  return {
    accept_ms: stats(({ acceptMs }) => acceptMs),
    completed_ms: completed,
    runs_ended_ms: stats(({ runsEndedMs }) => runsEndedMs),
    copy_ms: stats(({ copyMs }) => copyMs),
    copy_to_import: stats(({ ratio }) => ratio),
    rows_per_second: Math.round((rows * 1000) / completed.median),
  };
}

/** @param settings of PostgreSQL, as SHOW prints them. */
export function toFigures(
  rounds: readonly Round[],
  rows: number,
  settings: Readonly<Record<string, string>>,
  date: Date,
): Figures {
  const cores = cpus();
  return {
    benchmark: 'import',
    date: date.toISOString(),
    machine: {
      cpu: cores[0]?.model.trim() ?? 'unknown',
      cores: cores.length,
      memory_bytes: totalmem(),
      platform: `${platform()} ${arch()}`,
    },
    node: process.version,
    postgres: settings,
    rows,
    new: summariseBatch(rounds, 'new', rows),
    existing: summariseBatch(rounds, 'existing', rows),
    rounds,
  };
}
