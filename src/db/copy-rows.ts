import type { JsonValue } from '../base/index.ts';

/** The signature, no flags, no header extension: see "Binary Format" of COPY in PostgreSQL's manual. */
const HEADER = Buffer.from([...Buffer.from('PGCOPY\n'), 0xff, 0x0d, 0x0a, 0, ...Buffer.alloc(8)]);
const FIRST_BYTES = 64 * 1024;
/** UTF-16 units take at most three bytes in UTF-8. */
const MAX_UNIT_BYTES = 3;
const JSONB_VERSION = 1;
/** PostgreSQL counts time from here. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * Rows for `copy … from stdin (format binary)`, column by column in the order of the statement: PostgreSQL writes them
 * at less than half the cost of an insert from a JSON recordset, and there is nothing to quote. Each row begins with
 * `row`; the types must be those of the columns, as PostgreSQL converts nothing.
 */
export class CopyRows {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at: number;
  #rows = 0;

  constructor() {
    this.#at = HEADER.copy(this.#bytes);
  }

  get rows(): number {
    return this.#rows;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }

  row(columns: number): void {
    this.#reserve(2);
    this.#at = this.#bytes.writeInt16BE(columns, this.#at);
    this.#rows += 1;
  }

  null(): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeInt32BE(-1, this.#at);
  }

  smallint(value: number): void {
    this.#reserve(6);
    this.#at = this.#bytes.writeInt32BE(2, this.#at);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
  }

  integer(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#reserve(8);
    this.#at = this.#bytes.writeInt32BE(4, this.#at);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  bigint(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#reserve(12);
    this.#at = this.#bytes.writeInt32BE(8, this.#at);
    this.#at = this.#bytes.writeBigInt64BE(BigInt(value), this.#at);
  }

  uuid(value: string | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#reserve(20);
    this.#at = this.#bytes.writeInt32BE(16, this.#at);
    this.#at += this.#bytes.write(value.replaceAll('-', ''), this.#at, 'hex');
  }

  text(value: string | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#reserve(4 + value.length * MAX_UNIT_BYTES);
    const bytes = this.#bytes.write(value, this.#at + 4, 'utf8');
    this.#at = this.#bytes.writeInt32BE(bytes, this.#at) + bytes;
  }

  /** @param value null = SQL's null, not JSON's. */
  jsonb(value: JsonValue | readonly unknown[]): void {
    if (value === null) {
      this.null();
      return;
    }
    const text = JSON.stringify(value);
    this.#reserve(5 + text.length * MAX_UNIT_BYTES);
    const bytes = this.#bytes.write(text, this.#at + 5, 'utf8');
    this.#at = this.#bytes.writeInt32BE(bytes + 1, this.#at);
    this.#bytes[this.#at] = JSONB_VERSION;
    this.#at += 1 + bytes;
  }

  timestamptz(value: Date | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#reserve(12);
    this.#at = this.#bytes.writeInt32BE(8, this.#at);
    this.#at = this.#bytes.writeBigInt64BE(BigInt(value.getTime() - EPOCH_MS) * 1000n, this.#at);
  }

  /** Ends the rows. Not to be added to afterwards. */
  finish(): Buffer {
    this.#reserve(2);
    this.#at = this.#bytes.writeInt16BE(-1, this.#at);
    return this.#bytes.subarray(0, this.#at);
  }
}
