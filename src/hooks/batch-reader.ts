import { newUuid } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Cursor, cursorAfter, isBefore } from './cursor.ts';
import type { Hook } from './hook.ts';
import { eventPrinter } from './print-event.ts';
import { type ReadRow, readLogRows } from './read-log-rows.ts';
import type { NewDelivery } from './sql/insert-deliveries.ts';
import type { LogRow } from './sql/scan-log.ts';

/** Events that are unpacked at one time, if that is not less than one row. */
const MAX_UNPACKED = 2_000;
/** A batch of events with large data is closed before it has this many characters. */
const MAX_BODY_LENGTH = 4_000_000;

interface OpenBatch {
  readonly texts: string[];
  length: number;
  firstEvent: string;
  lastEvent: string;
}

/** Cuts one batch after the other off a stretch of the log, and unpacks each row of it once. */
export class BatchReader {
  readonly #tx: Db;
  readonly #hook: Hook;
  /** Left out. */
  readonly #end: Cursor;
  readonly #waiting: LogRow[];
  #unpacked: ReadRow[] = [];
  #next: Cursor;

  constructor(tx: Db, hook: Hook, rows: readonly LogRow[], { from, end }: { from: Cursor; end: Cursor }) {
    this.#tx = tx;
    this.#hook = hook;
    this.#end = end;
    this.#waiting = rows.toReversed();
    this.#next = from;
  }

  /** The place after the last batch. */
  get next(): Cursor {
    return this.#next;
  }

  /** The next batch, full unless nothing is left to fill it or it would become too long. */
  async read(): Promise<NewDelivery> {
    const batch: OpenBatch = { texts: [], length: 0, firstEvent: '', lastEvent: '' };
    for (;;) {
      const read = await this.#row();
      if (read === undefined || !this.#fill(batch, read)) break;
      this.#unpacked.pop();
    }
    const { texts, firstEvent, lastEvent } = batch;
    if (texts.length === 0) throw new Error('a delivery was cut that has no events');
    return { id: newUuid(), events: texts.length, firstEvent, lastEvent, body: `[${texts.join(',')}]` };
  }

  /** The row that is to be gone on with. */
  async #row(): Promise<ReadRow | undefined> {
    if (this.#unpacked.length === 0) {
      const rows: LogRow[] = [];
      let events = 0;
      for (let row = this.#waiting.at(-1); row !== undefined; row = this.#waiting.at(-1)) {
        events += row.events;
        if (rows.length > 0 && events > MAX_UNPACKED) break;
        rows.push(row);
        this.#waiting.pop();
      }
      this.#unpacked = (await readLogRows(this.#tx, rows)).toReversed();
    }
    return this.#unpacked.at(-1);
  }

  /** @returns whether the batch takes more than the row has. */
  #fill(batch: OpenBatch, { row, events }: ReadRow): boolean {
    const print = eventPrinter(row, this.#hook.customData);
    for (let index = this.#firstOf(row, events.length); index < events.length; index += 1) {
      const place = { position: row.position, index };
      if (batch.texts.length === this.#hook.batchSize || !isBefore(place, this.#end)) return false;
      const event = print(index, events[index]);
      const text = JSON.stringify(event);
      if (batch.texts.length > 0 && batch.length + text.length > MAX_BODY_LENGTH) return false;
      batch.lastEvent = String(event['event_id']);
      if (batch.texts.length === 0) batch.firstEvent = batch.lastEvent;
      batch.texts.push(text);
      batch.length += text.length;
      this.#next = cursorAfter(place, events.length);
    }
    return batch.texts.length < this.#hook.batchSize;
  }

  /** The first event of the row that is in no batch yet; a batch may have ended with its last one. */
  #firstOf({ position }: LogRow, events: number): number {
    if (position > this.#next.position) return 0;
    return position === this.#next.position ? this.#next.index : events;
  }
}
