import type { ChunkRow } from './chunk-bytes.ts';
import { CHUNK_ROWS, type LaneRows } from './split-rows.ts';

interface BufferedLane {
  rows: ChunkRow[];
  /** Of the lines that the rows came in. */
  bytes: number;
}

/** The rows of a stream that are not stored yet, by lane, each lane in the order of the stream. */
export class RowBuffer {
  readonly #lanes = new Map<number, BufferedLane>();
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(lane: number, row: ChunkRow, bytes: number): void {
    const own = this.#lanes.get(lane);
    if (own === undefined) this.#lanes.set(lane, { rows: [row], bytes });
    else {
      own.rows.push(row);
      own.bytes += bytes;
    }
    this.#rows += 1;
    this.#bytes += bytes;
  }

  /**
   * Takes rows out, as chunks of at most a thousand. Of a lane that has more than that the last ones stay, unless `all`
   * is asked for, since a chunk of the few rows above a thousand would cost the importer a transaction of its own.
   */
  take(all: boolean): LaneRows[] {
    const parts: LaneRows[] = [];
    for (const [lane, { rows, bytes }] of [...this.#lanes]) {
      const rest = all || rows.length < CHUNK_ROWS ? 0 : rows.length % CHUNK_ROWS;
      const taken = rows.length - rest;
      for (let start = 0; start < taken; start += CHUNK_ROWS) {
        parts.push({ lane, rows: rows.slice(start, Math.min(start + CHUNK_ROWS, taken)) });
      }
      // By the average: it decides no more than when the next ones are taken.
      const restBytes = Math.round((bytes * rest) / rows.length);
      if (rest === 0) this.#lanes.delete(lane);
      else this.#lanes.set(lane, { rows: rows.slice(taken), bytes: restBytes });
      this.#rows -= taken;
      this.#bytes -= bytes - restBytes;
    }
    return parts;
  }
}
