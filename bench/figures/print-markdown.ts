import type { Document } from './document.ts';
import type { Figure } from './figure.ts';
import { printReading, printSetting, printValue, printVerdict } from './print-values.ts';

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function figureRow(figure: Figure): string {
  const { title, unit, against, median, min, max, muster, yardstick } = figure;
  const range = `${printValue(median, unit)} (${printValue(min, unit)}–${printValue(max, unit)})`;
  const cells = [
    title,
    muster.map(printReading).join('; '),
    yardstick === null ? against : printReading(yardstick),
    range,
    printVerdict(figure),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The figures as one table, ready for docs/performance.md. */
export function printMarkdown(document: Document): string {
  const lines = [
    printSetting(document).join('; '),
    '',
    '| what | Muster | against | ratio (median, min–max) | reach |',
    '|---|---|---|---:|---|',
    ...document.figures.map(figureRow),
  ];
  return `${lines.join('\n')}\n`;
}
