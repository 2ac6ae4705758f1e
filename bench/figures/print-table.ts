import type { Document } from './document.ts';
import type { Figure, Reading } from './figure.ts';
import { printSetting, printValue, printVerdict } from './print-values.ts';

const LABEL_WIDTH = 60;
const CELL_WIDTH = 12;

function row(label: string, cells: readonly string[]): string {
  const line = `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}`;
  return line.trimEnd();
}

function readingRow({ label, unit, stats, perSecond }: Reading): string {
  const cells = [stats.median, stats.min, stats.max].map((value) => printValue(value, unit));
  const rate = perSecond === undefined ? [] : [printValue(perSecond, '/s')];
  return row(`  ${label}`, [...cells, ...rate]);
}

function figureRows(figure: Figure): string[] {
  const { name, title, unit, median, min, max, muster, yardstick, details } = figure;
  const cells = [median, min, max].map((value) => printValue(value, unit));
  const told = Object.entries(details).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [
    row(`${title} [${name}]`, []),
    ...muster.map(readingRow),
    ...(yardstick === null ? [] : [readingRow(yardstick)]),
    row(unit === 'ratio' ? '  ratio' : '  judged', [...cells, `  ${printVerdict(figure)}`]),
    ...(told.length === 0 ? [] : [`    ${told.join(', ')}`]),
    '',
  ];
}

/** The figures for people to read. */
export function printTable(document: Document): string {
  const lines = [
    ...printSetting(document).map((line) => `  ${line}`),
    '',
    row('', ['median', 'min', 'max', 'rate']),
    ...document.figures.flatMap(figureRows),
    '  Ratios are those of pairs, Muster and the yardstick one after the other. To reach at least (≥): how fast Muster is',
    '  beside the yardstick, 1.00 = as fast. To reach at most (≤): how long it takes, 1.00 = as long.',
  ];
  return `${lines.join('\n')}\n`;
}
