const LINE_FEED = 10;

/** A line without its line feed. */
export type Line = { readonly bytes: Buffer } | { readonly tooLong: true };

/**
 * Takes a body apart into lines as it comes. Holds no more than one line; one that is longer than `maxBytes` is dropped
 * while it is read.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The beginning of the line that has not ended yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this piece. They may share its memory: use them before the next. */
  *push(piece: Buffer): Generator<Line> {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      this.#begin(piece.subarray(start, end));
      start = end + 1;
      yield this.#end();
    }
    // Copied, since what is left of a piece would else hold all of it.
    if (start < piece.length) this.#begin(Buffer.from(piece.subarray(start)));
  }

  /** The last line, where nothing ends it. */
  *end(): Generator<Line> {
    if (this.#begunBytes > 0) yield this.#end();
  }

  #begin(part: Buffer): void {
    this.#begunBytes += part.length;
    if (this.#begunBytes <= this.#maxBytes) this.#begun.push(part);
    else this.#begun = [];
  }

  #end(): Line {
    const [only, ...others] = this.#begun;
    const bytes = only !== undefined && others.length === 0 ? only : Buffer.concat(this.#begun);
    const line: Line = this.#begunBytes <= this.#maxBytes ? { bytes } : { tooLong: true };
    this.#begun = [];
    this.#begunBytes = 0;
    return line;
  }
}
