import type { Readable } from 'node:stream';
import type { Clock } from '../base/index.ts';

/** Where a command writes to. */
export interface Terminal {
  /** What was asked for: answers, tables, documents. */
  out(text: string): void;
  /** The same of any length, no faster than it is taken. */
  pour(pieces: AsyncIterable<string>): Promise<void>;
  /** What is said beside it: progress, warnings, errors. */
  err(text: string): void;
  /** Columns of standard output; undefined = it is no terminal, and lines may have any length. */
  readonly width: number | undefined;
  /** Whether standard output takes colours. */
  readonly hasColor: boolean;
  /** Standard error where it is a terminal, for a progress bar. */
  readonly bar: NodeJS.WritableStream | undefined;
}

/** Everything that a command takes from the process that it runs in. */
export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the user, for the configuration file. */
  readonly homeDir: string;
  /** Of the program. */
  readonly version: string;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly stdin: Readable;
  readonly terminal: Terminal;
}
