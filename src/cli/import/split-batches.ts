import { createHash } from 'node:crypto';
import type { InputRow } from './input-row.ts';

/** A request below the limit of a server with usual settings, 10 MB. */
const MAX_BATCH_BYTES = 8_000_000;

/** Rows that are sent together. The same file gives the same batches, on which the journal relies. */
export interface Batch {
  /** From 0. */
  readonly index: number;
  /** Those that cannot be sent are among them, and not among the items. */
  readonly rows: readonly InputRow[];
  /** JSON text of `data`. */
  readonly data: string;
  readonly itemCount: number;
  /** Of `data`, in hexadecimal digits. */
  readonly hash: string;
}

function toBatch(index: number, rows: readonly InputRow[], items: readonly string[]): Batch {
  const data = `[${items.join(',')}]`;
  const hash = createHash('sha256').update(data).digest('hex');
  return { index, rows, data, itemCount: items.length, hash };
}

/** Batches of `size` items, less where they would be too many bytes. The last may have rows that cannot be sent alone. */
export async function* splitBatches(
  rows: AsyncIterable<InputRow>,
  size: number,
  maxBytes: number = MAX_BATCH_BYTES,
): AsyncGenerator<Batch> {
  let index = 0;
  let kept: InputRow[] = [];
  let items: string[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const length = row.item.ok ? Buffer.byteLength(row.item.value) + 1 : 0;
    if (items.length > 0 && row.item.ok && (items.length >= size || bytes + length > maxBytes)) {
      yield toBatch(index, kept, items);
      index += 1;
      [kept, items, bytes] = [[], [], 0];
    }
    kept.push(row);
    if (row.item.ok) items.push(row.item.value);
    bytes += length;
  }
  if (kept.length > 0) yield toBatch(index, kept, items);
}
