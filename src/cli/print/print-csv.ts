import { stringify } from 'csv-stringify/sync';

/** A cell that spreadsheets would execute. Numbers and phones with a sign are none, and are to be read again as they are. */
const formula = /^[=@\t\r]|^[+-](?![\d\s.()-]*$)/;

/** Lines of CSV; a cell that begins like a formula gets a `'` before it. */
export function printCsv(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map((cell) => (formula.test(cell) ? `'${cell}` : cell))),
    { record_delimiter: 'windows' },
  );
}
