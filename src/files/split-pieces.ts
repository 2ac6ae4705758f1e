/** Bytes of a stored piece. Few rows for a large file, and little to hold in memory while it passes. */
export const PIECE_BYTES = 262_144;

/** Where a piece lies in its content. */
export interface PieceRange {
  readonly number: number;
  readonly start: number;
  readonly length: number;
}

/** The pieces of a content of that many bytes; none of an empty one. */
export function splitPieces(size: number): PieceRange[] {
  return Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, number) => {
    const start = number * PIECE_BYTES;
    return { number, start, length: Math.min(PIECE_BYTES, size - start) };
  });
}
