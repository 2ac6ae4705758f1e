import Papa from 'papaparse';
import { type Cell, type Format, MAX_ROWS, type Table } from './table.ts';

/** A file that cannot be taken; `reason` is a key of the words. */
export class TableError extends Error {
  readonly reason: 'empty' | 'notJson' | 'tooLong' | 'notSheet' | 'noObjects';
  /** Where, or what the parser says. */
  readonly detail: string;

  constructor(reason: TableError['reason'], detail = '') {
    super(reason);
    this.name = 'TableError';
    this.reason = reason;
    this.detail = detail;
  }
}

/** By its name, else by how it begins. */
export function guessFormat(name: string, head: string): Format {
  const extension = name.toLowerCase().split('.').at(-1) ?? '';
  if (extension === 'xlsx') return 'xlsx';
  if (extension === 'ndjson' || extension === 'jsonl') return 'ndjson';
  if (extension === 'csv' || extension === 'tsv') return 'csv';
  const start = head.trimStart();
  if (start.startsWith('[')) return 'json';
  if (start.startsWith('{')) return /^\{.*\}\s*\n\s*\{/.test(start) ? 'ndjson' : 'json';
  return 'csv';
}

function requireLength(rows: number): void {
  if (rows > MAX_ROWS) throw new TableError('tooLong', String(rows));
}

/** Names of columns: those that are missing or stand there twice get a number. */
function nameColumns(cells: readonly Cell[], width: number): string[] {
  const seen = new Map<string, number>();
  return Array.from({ length: width }, (_, index) => {
    const given = String(cells[index] ?? '').trim() || `#${index + 1}`;
    const times = (seen.get(given) ?? 0) + 1;
    seen.set(given, times);
    return times === 1 ? given : `${given} (${times})`;
  });
}

/** Whether a first row names columns: it has no number, date or address in it, and no name twice. */
export function looksLikeHeader(cells: readonly Cell[]): boolean {
  const texts = cells.map((cell) => (typeof cell === 'string' ? cell.trim() : undefined));
  if (texts.some((text) => text === undefined)) return false;
  return texts.every((text) => text !== undefined && !/@|^[+\d][\d\s().,:/-]*$/.test(text));
}

/** Rows of cells as a table. @param hasHeader undefined = it is found out. */
export function toTable(
  rows: readonly (readonly Cell[])[],
  hasHeader: boolean | undefined,
): Table & { hasHeader: boolean } {
  const [first] = rows;
  if (first === undefined) throw new TableError('empty');
  const named = hasHeader ?? looksLikeHeader(first);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const body = named ? rows.slice(1) : rows;
  if (body.length === 0) throw new TableError('empty');
  requireLength(body.length);
  return { columns: nameColumns(named ? first : [], width), rows: body, hasHeader: named };
}

/** @param delimiter undefined = it is found out. */
export function readCsv(
  text: string,
  delimiter: string | undefined,
): { rows: string[][]; delimiter: string } {
  const parsed = Papa.parse<string[]>(text, {
    delimiter: delimiter ?? '',
    delimitersToGuess: [',', ';', '\t', '|'],
    skipEmptyLines: 'greedy',
  });
  return { rows: parsed.data, delimiter: parsed.meta.delimiter };
}

function isRecord(value: unknown): value is Record<string, Cell> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An item of the API holds its profile in `data`. */
function profileOf(value: unknown): Record<string, Cell> | undefined {
  if (!isRecord(value)) return undefined;
  const { data } = value;
  return isRecord(data) ? data : value;
}

function toTableOfRecords(values: readonly unknown[]): Table {
  requireLength(values.length);
  const columns = new Map<string, number>();
  const records = values.map((value, index) => {
    const record = profileOf(value);
    if (record === undefined) throw new TableError('noObjects', String(index + 1));
    for (const key of Object.keys(record)) if (!columns.has(key)) columns.set(key, columns.size);
    return record;
  });
  if (records.length === 0 || columns.size === 0) throw new TableError('empty');
  const names = [...columns.keys()];
  return { columns: names, rows: records.map((record) => names.map((name) => record[name])) };
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new TableError('notJson', `${where}${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** A list of objects, or one object, or a request of the API with such a list in `data`. */
export function readJson(text: string): Table {
  const value = parse(text, '');
  if (Array.isArray(value)) return toTableOfRecords(value);
  const list = isRecord(value) ? value['data'] : undefined;
  return toTableOfRecords(Array.isArray(list) ? list : [value]);
}

export function readNdjson(text: string): Table {
  const lines = text.split('\n');
  const values = lines.flatMap((line, index) => (line.trim() === '' ? [] : [parse(line, `${index + 1}: `)]));
  return toTableOfRecords(values);
}
