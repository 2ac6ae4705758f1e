import { stat } from 'node:fs/promises';
import type { ColumnSettings } from './column-map.ts';
import { type InputFormat, inputFormats, type RowReader } from './input-row.ts';
import { openText, readHead } from './open-text.ts';
import { detectDelimiter, readCsv } from './read-csv.ts';
import { readJsonArray, readNdjson } from './read-json.ts';

export interface InputSettings extends ColumnSettings {
  readonly format: InputFormat | undefined;
  /** As TextDecoder names it. */
  readonly encoding: string;
  readonly delimiter: string | undefined;
}

/** By the end of the name, else by the first character: `[` begins an array, `{` a line of NDJSON. */
export function detectFormat(path: string, head: string): InputFormat {
  const begin = head.trimStart().charAt(0);
  const ending = path.split('.').at(-1)?.toLowerCase();
  if (ending === 'jsonl') return 'ndjson';
  // Many a file of lines is called .json.
  if (ending === 'json') return begin === '[' ? 'json' : 'ndjson';
  const named = inputFormats.find((format) => format === ending);
  if (named !== undefined || ending === 'tsv') return named ?? 'csv';
  return begin === '[' ? 'json' : begin === '{' ? 'ndjson' : 'csv';
}

/** @throws {CliError} when the file is not there, or not what it should be. */
export async function openRows(path: string, settings: InputSettings): Promise<RowReader> {
  const { head, encoding } = await readHead(path, settings.encoding);
  const { size } = await stat(path);
  let read = 0;
  const text = openText(path, encoding, (bytes) => {
    read = bytes;
  });
  const readShare = (): number => (size === 0 ? 1 : read / size);
  const format = settings.format ?? detectFormat(path, head);
  if (format === 'ndjson') return { header: undefined, rows: readNdjson(text), readShare };
  if (format === 'json') return { header: undefined, rows: readJsonArray(path, text), readShare };
  const delimiter = settings.delimiter ?? detectDelimiter(head);
  return { ...(await readCsv(path, text, delimiter, settings)), readShare };
}
