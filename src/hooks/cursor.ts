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

/** The place after this one, in a row of so many events. */
export function cursorAfter({ position, index }: Cursor, events: number): Cursor {
  return index + 1 < events ? { position, index: index + 1 } : { position: position + 1, index: 0 };
}
