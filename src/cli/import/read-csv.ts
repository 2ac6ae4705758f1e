import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { failure, success } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { type ColumnSettings, createColumnMap } from './column-map.ts';
import type { InputRow } from './input-row.ts';

const delimiters = [',', ';', '\t', '|'] as const;
/** Longer ones are rather a quote that is never closed. */
const MAX_RECORD_CHARACTERS = 4_194_304;

/** The delimiter that the first line has most of, outside of quotes. */
export function detectDelimiter(head: string): string {
  const counts = new Map<string, number>(delimiters.map((one) => [one, 0]));
  let isQuoted = false;
  for (const character of head) {
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '\n' || character === '\r') break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  const [best] = [...counts].sort(([, left], [, right]) => right - left);
  return best?.[0] ?? ',';
}

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* parseRows(path: string, text: AsyncIterable<string>, delimiter: string) {
  const parser = parse({
    ...{ delimiter, bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  // A fault of the text destroys the parser with it, which throws it below.
  pipeline(Readable.from(text), parser, () => {});
  const rows: AsyncIterable<ParsedRow> = parser;
  try {
    for await (const row of rows) yield row;
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw new CliError(
      `${path}: ${thrown.message}`,
      `mend that line, or name the delimiter by --delimiter (taken: “${delimiter}”)`,
    );
  }
}

/**
 * A table of which the first line names the columns.
 * @throws {CliError} when there is no such line, or a quote is where none may be.
 */
export async function readCsv(
  path: string,
  text: AsyncIterable<string>,
  delimiter: string,
  settings: ColumnSettings,
): Promise<{ header: readonly string[]; rows: AsyncGenerator<InputRow> }> {
  const parsed = parseRows(path, text, delimiter);
  const first = await parsed.next();
  if (first.done === true) throw new CliError(`${path} is empty; expected a line with the names of columns`);
  const header = first.value.record.map((name) => name.trim());
  const toItem = createColumnMap(header, settings);
  async function* toRows(): AsyncGenerator<InputRow> {
    for await (const { record, info } of parsed) {
      const fits = record.length === header.length;
      yield {
        place: info.lines,
        source: record,
        item: fits
          ? success(JSON.stringify(toItem(record)))
          : failure(`expected ${header.length} columns, got ${record.length}`),
      };
    }
  }
  return { header, rows: toRows() };
}
