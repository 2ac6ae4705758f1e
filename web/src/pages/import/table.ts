/** A value of a cell: text of CSV, a typed value of a sheet, anything of JSON. undefined and '' = nothing. */
export type Cell = string | number | boolean | Date | null | undefined | object;

/** A file as rows of cells. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const formats = ['csv', 'json', 'ndjson', 'xlsx'] as const;
export type Format = (typeof formats)[number];

export const encodings = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be', 'iso-8859-1'] as const;
export type Encoding = (typeof encodings)[number];

/** How a file is read; what is absent is found out. */
export interface ReadOptions {
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  /** Name of the sheet. */
  readonly sheet?: string;
  /** Whether the first row names the columns. */
  readonly hasHeader?: boolean;
}

/** What is known of a file that was read; the rows stay in the worker. */
export interface OpenedTable {
  readonly name: string;
  readonly format: Format;
  readonly columns: readonly string[];
  /** The first ones. */
  readonly sample: readonly (readonly Cell[])[];
  readonly rowCount: number;
  readonly encoding: Encoding | undefined;
  readonly delimiter: string | undefined;
  readonly sheets: readonly string[];
  readonly sheet: string | undefined;
  readonly hasHeader: boolean;
}

export const SAMPLE_ROWS = 200;
/** More than this a browser holds badly; the command line takes files of any length. */
export const MAX_ROWS = 500_000;

export function isEmptyCell(cell: Cell): boolean {
  return cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');
}

/** A cell as people read it. */
export function printCell(cell: Cell): string {
  if (cell === undefined || cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().replace('T00:00:00.000Z', '');
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
