import type { Outcome } from '../../base/index.ts';

export const inputFormats = ['csv', 'ndjson', 'json'] as const;
export type InputFormat = (typeof inputFormats)[number];

/** A row of the file. */
export interface InputRow {
  /** The line on which it ends, from 1; of a JSON array the number of the element. */
  readonly place: number;
  /** As it stands in the file: the cells of CSV, else the text. */
  readonly source: readonly string[] | string;
  /** The item for `data` as JSON text, or why the row cannot be sent. */
  readonly item: Outcome<string, string>;
}

/** A file that is being read, once, from its beginning. */
export interface RowReader {
  /** The names of the columns of CSV. */
  readonly header: readonly string[] | undefined;
  readonly rows: AsyncGenerator<InputRow>;
  /** The share of the file that was read, 0 to 1. */
  readShare(): number;
}
