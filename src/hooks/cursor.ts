/** The next event to read: the one with this index in the log row of this position. */
export interface Cursor {
  readonly position: number;
  readonly index: number;
}

/** As callers get it, for them to give back and not to understand. */
export function printCursor({ position, index }: Cursor): string {
  return `${position}-${index}`;
}

export function parseCursor(text: string): Cursor | undefined {
  const [, position, index] = /^(\d{1,15})-(\d{1,9})$/.exec(text) ?? [];
  return position === undefined ? undefined : { position: Number(position), index: Number(index) };
}

export function isBefore(left: Cursor, right: Cursor): boolean {
  return left.position === right.position ? left.index < right.index : left.position < right.position;
}
