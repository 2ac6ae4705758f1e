// The one for workers makes a worker of its own; this is one already.
import readXlsxFile from 'read-excel-file/universal';
import { buildItem } from './build-items.ts';
import { detectEncoding } from './detect-encoding.ts';
import { guessFormat, readCsv, readJson, readNdjson, TableError, toTable } from './read-table.ts';
import {
  type Cell,
  type Format,
  type OpenedTable,
  type ReadOptions,
  SAMPLE_ROWS,
  type Table,
} from './table.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** Rows of which items are made before progress is told. */
const STEP = 5_000;
const HEAD_BYTES = 65_536;

/** The file that is open: its rows stay here, since handing them over would hold up the page. */
let table: Table | undefined;

function answer(message: FromWorker): void {
  self.postMessage(message);
}

async function readSheets(file: File, options: ReadOptions) {
  let sheets: { sheet: string; data: readonly (readonly Cell[])[] }[];
  try {
    sheets = await readXlsxFile(file);
  } catch (thrown) {
    throw new TableError('notSheet', thrown instanceof Error ? thrown.message : String(thrown));
  }
  const chosen = sheets.find(({ sheet }) => sheet === options.sheet) ?? sheets[0];
  if (chosen === undefined) throw new TableError('empty');
  return { sheets: sheets.map(({ sheet }) => sheet), sheet: chosen.sheet, rows: chosen.data };
}

async function readText(file: File, options: ReadOptions) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const encoding = options.encoding ?? detectEncoding(head);
  return { encoding, text: new TextDecoder(encoding).decode(await file.arrayBuffer()) };
}

type Found = Partial<Pick<OpenedTable, 'encoding' | 'delimiter' | 'sheets' | 'sheet' | 'hasHeader'>>;

async function readFile(
  file: File,
  options: ReadOptions,
): Promise<{ format: Format; read: Table; found: Found }> {
  if (guessFormat(file.name, '') === 'xlsx') {
    const { rows, sheets, sheet } = await readSheets(file, options);
    const { hasHeader, ...read } = toTable(rows, options.hasHeader);
    return { format: 'xlsx', read, found: { sheets, sheet, hasHeader } };
  }
  const { encoding, text } = await readText(file, options);
  const format = guessFormat(file.name, text.slice(0, HEAD_BYTES));
  if (format === 'json') return { format, read: readJson(text), found: { encoding } };
  if (format === 'ndjson') return { format, read: readNdjson(text), found: { encoding } };
  const { rows, delimiter } = readCsv(text, options.delimiter);
  const { hasHeader, ...read } = toTable(rows, options.hasHeader);
  return { format, read, found: { encoding, delimiter, hasHeader } };
}

async function open(file: File, options: ReadOptions): Promise<void> {
  const { format, read, found } = await readFile(file, options);
  table = read;
  answer({
    kind: 'opened',
    table: {
      name: file.name,
      format,
      columns: read.columns,
      sample: read.rows.slice(0, SAMPLE_ROWS),
      rowCount: read.rows.length,
      encoding: found.encoding,
      delimiter: found.delimiter,
      sheets: found.sheets ?? [],
      sheet: found.sheet,
      hasHeader: found.hasHeader ?? true,
    },
  });
}

/** All rows as NDJSON. */
function build({ mappings, types }: Extract<ToWorker, { kind: 'build' }>): void {
  const rows = table?.rows ?? [];
  const parts: string[] = [];
  for (let start = 0; start < rows.length; start += STEP) {
    const lines = rows
      .slice(start, start + STEP)
      .map((row) => JSON.stringify(buildItem(row, mappings, (field) => types[field] ?? 'string')));
    parts.push(`${lines.join('\n')}\n`);
    answer({ kind: 'progress', share: Math.min(1, (start + STEP) / rows.length) });
  }
  answer({ kind: 'built', blob: new Blob(parts, { type: 'application/x-ndjson' }) });
}

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const { data } = event;
  if (data.kind === 'build') {
    build(data);
    return;
  }
  open(data.file, data.options).catch((thrown: unknown) => {
    if (thrown instanceof TableError)
      answer({ kind: 'failed', reason: thrown.reason, detail: thrown.detail });
    else answer({ kind: 'failed', reason: 'unreadable', detail: String(thrown) });
  });
});
