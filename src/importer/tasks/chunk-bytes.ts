import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { JsonValue } from '../../base/index.ts';
import type { RowError, SkippedSubscription } from '../../profiles/index.ts';
import type { StartOutcome } from '../../workflow/index.ts';
import type { RowState } from '../rows/resolve-rows.ts';

interface ItemPlace {
  readonly index: number;
  /** The item of the parent task that this one tries again. */
  readonly parentItem?: number;
}

/** An item of a request with its index there; `fault` stands for one that is not worth storing. */
export type ChunkRow = ItemPlace & ({ readonly item: JsonValue } | { readonly fault: RowError });

/** What became of an item: the id of its profile, or why it was not imported. */
export type RowResult = ItemPlace &
  (
    | {
        readonly profileId: string;
        readonly state: RowState;
        readonly start: StartOutcome | null;
        readonly skipped?: readonly SkippedSubscription[];
      }
    | { readonly fault: RowError }
  );

const compressAside = promisify(zstdCompress);
const decompressAside = promisify(zstdDecompress);
/** Of the levels the fastest: 10,000 profiles take some five milliseconds, and a third of their size. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** The pieces in which text comes out. Of 16 KiB, the usual size, 100 KB take ten times as long. */
const unpacking = { chunkSize: 256 * 1024 };

/**
 * Below, a chunk is done in less than a millisecond on this thread, at half the cost of handing it to another; beyond, in
 * the thread pool, so that a large request does not hold up the others.
 */
const MAX_INLINE_BYTES = 1024 * 1024;
/** The same for bytes that are packed, which may be much more text. */
const MAX_INLINE_PACKED_BYTES = 64 * 1024;

async function pack(value: unknown): Promise<Buffer> {
  const text = Buffer.from(JSON.stringify(value));
  return text.length <= MAX_INLINE_BYTES ? zstdCompressSync(text, options) : compressAside(text, options);
}

async function unpackText(bytes: Buffer): Promise<string> {
  const text =
    bytes.length <= MAX_INLINE_PACKED_BYTES
      ? zstdDecompressSync(bytes, unpacking)
      : await decompressAside(bytes, unpacking);
  return text.toString('utf8');
}

export const packRows: (rows: readonly ChunkRow[]) => Promise<Buffer> = pack;
export const packResults: (results: readonly RowResult[]) => Promise<Buffer> = pack;

export async function unpackRows(bytes: Buffer): Promise<ChunkRow[]> {
  const rows: ChunkRow[] = JSON.parse(await unpackText(bytes));
  return rows;
}

export async function unpackResults(bytes: Buffer): Promise<RowResult[]> {
  const results: RowResult[] = JSON.parse(await unpackText(bytes));
  return results;
}
