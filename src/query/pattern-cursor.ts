/** Where the reading of a pattern stands, and how it is read. */
export interface PatternCursor {
  readonly characters: readonly string[];
  next: number;
  readonly ignoresCase: boolean;
  readonly dotIsAny: boolean;
  readonly isExtended: boolean;
  wordBoundaries: number;
  fault: string | undefined;
}

/** Once something was refused there is nothing more to read. */
export function peek(cursor: PatternCursor): string | undefined {
  return cursor.fault === undefined ? cursor.characters[cursor.next] : undefined;
}

export function take(cursor: PatternCursor): string | undefined {
  const character = peek(cursor);
  cursor.next += 1;
  return character;
}

export function takeIf(cursor: PatternCursor, character: string): boolean {
  if (peek(cursor) !== character) return false;
  cursor.next += 1;
  return true;
}

/** Keeps the first fault. @param construct what stands in the pattern and is not taken. */
export function refusePattern(cursor: PatternCursor, construct: string): void {
  cursor.fault ??= `the pattern holds ${construct}, near character ${cursor.next}`;
}
