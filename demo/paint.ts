import { styleText } from 'node:util';

/** Colours a text, or leaves it as it is where no colours are wanted. */
export type Paint = (style: 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

export const plainPaint: Paint = (_style, text) => text;
const colourPaint: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Whether lines can be drawn over on this stream. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** Colours for a terminal that has some, unless NO_COLOR is set to anything. */
export function choosePaint(stream: NodeJS.WriteStream): Paint {
  const isWanted = (process.env['NO_COLOR'] ?? '') === '';
  return isWanted && isTerminal(stream) && stream.hasColors() ? colourPaint : plainPaint;
}
