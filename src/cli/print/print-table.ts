import type { Terminal } from '../shell.ts';

const GAP = '  ';
/** A column that must give way keeps so many characters. */
const LEAST = 8;
const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

const segments = new Intl.Segmenter();
/** Scripts whose letters take two columns of a terminal. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

function lettersOf(text: string): string[] {
  return Array.from(segments.segment(text), ({ segment }) => segment);
}

function widthOf(text: string): number {
  return lettersOf(text).reduce((sum, letter) => sum + (wide.test(letter) ? 2 : 1), 0);
}

/** Line breaks and other control characters would move the cursor. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const letter of lettersOf(text)) {
    if (widthOf(kept + letter) > width - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** The widest columns give way until the line fits, or all are at their least. */
function fit(widths: readonly number[], total: number | undefined): number[] {
  const fitted = [...widths];
  if (total === undefined) return fitted;
  const gaps = GAP.length * (fitted.length - 1);
  for (;;) {
    const widest = Math.max(...fitted);
    if (fitted.reduce((sum, width) => sum + width, gaps) <= total || widest <= LEAST) return fitted;
    fitted[fitted.indexOf(widest)] = widest - 1;
  }
}

/** Rows under titles in aligned columns, cut to the width of the terminal; numbers stand at the right of theirs. */
export function printTable(
  { width, hasColor }: Pick<Terminal, 'width' | 'hasColor'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map(({ title }) => title), ...rows].map((row) => row.map(onOneLine));
  const widths = columns.map((_column, index) =>
    lines.reduce((most, line) => Math.max(most, widthOf(line[index] ?? '')), 0),
  );
  const fitted = fit(widths, width);
  const printed = lines.map((line) =>
    columns
      .map(({ isNumber }, index) => {
        const room = fitted[index] ?? 0;
        const cell = cut(line[index] ?? '', room);
        const pad = ' '.repeat(Math.max(0, room - widthOf(cell)));
        return isNumber ? pad + cell : cell + pad;
      })
      .join(GAP)
      .trimEnd(),
  );
  const [head = '', ...body] = printed;
  return [hasColor ? `${BOLD}${head}${PLAIN}` : head, ...body, ''].join('\n');
}
