import type { BatchFigures, Figures } from './figures.ts';
import type { Stats } from './stats.ts';

const LABEL_WIDTH = 36;
const CELL_WIDTH = 10;

function row(label: string, cells: readonly string[]): string {
  const line = `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}`;
  return line.trimEnd();
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function timeRow(label: string, stats: Stats, rows?: number): string {
  const cells = [stats.median, stats.min, stats.max].map((ms) => `${grouped(ms)} ms`);
  return row(label, rows === undefined ? cells : [...cells, grouped((rows * 1000) / stats.median)]);
}

function batchRows(title: string, figures: BatchFigures, rows: number): string[] {
  const { median, min, max } = figures.copy_to_import;
  return [
    row(title, ['median', 'min', 'max', 'rows/s']),
    timeRow('  request to answer', figures.accept_ms),
    timeRow('  request to completed', figures.completed_ms, rows),
    timeRow('  request to the end of all runs', figures.runs_ended_ms, rows),
    timeRow('  COPY of the rows it left', figures.copy_ms, rows),
    row(
      '  COPY / request to completed',
      [median, min, max].map((ratio) => ratio.toFixed(2)),
    ),
    '',
  ];
}

/** The figures for people to read. */
export function printTable(figures: Figures): string {
  const { machine, node, postgres, rows } = figures;
  const { server_version: version, ...settings } = postgres;
  const shown = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const lines = [
    `Import and start of ${grouped(rows)} profiles; ${figures.rounds.length} rounds counted, one before them not`,
    '',
    `  ${machine.cpu}, ${machine.cores} cores, ${(machine.memory_bytes / 2 ** 30).toFixed(1)} GiB, ${machine.platform}`,
    `  Node ${node}, PostgreSQL ${version}, ${figures.date}`,
    `  ${shown.join(', ')}`,
    '',
    ...batchRows(`${grouped(rows)} new profiles`, figures.new, rows),
    ...batchRows(`the same ${grouped(rows)}, changed`, figures.existing, rows),
    '  The ratio is that of each pair, an import and COPY of what it left: 1.00 = as fast as COPY.',
  ];
  return `${lines.join('\n')}\n`;
}
