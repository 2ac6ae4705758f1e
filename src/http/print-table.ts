import { stringify } from 'csv-stringify/sync';

/** The formats of answers that are tables, with their content types. */
export const tableTypes = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;
export type TableFormat = keyof typeof tableTypes;

function toCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Lines of a CSV text (RFC 4180, UTF-8): nothing for null, JSON for what is no text. A cell that begins like a formula
 * (`= + - @`, tab, carriage return) gets a `'` before it, as OWASP advises, since spreadsheets would execute it.
 */
function printCsv(rows: readonly (readonly unknown[])[]): string {
  return stringify(
    rows.map((row) => row.map(toCell)),
    { record_delimiter: 'windows', escape_formulas: true },
  );
}

/** The first line of a table, with the names of its columns; NDJSON has none. */
export function printHeader(format: TableFormat, columns: readonly string[]): string {
  return format === 'csv' ? printCsv([columns]) : '';
}

/** Rows of a table, a line each: in CSV the cells of the columns, in NDJSON the whole object. */
export function printRows(
  format: TableFormat,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return rows.length === 0 ? '' : printCsv(rows.map((row) => columns.map((column) => row[column])));
}
