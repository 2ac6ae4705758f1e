import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
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

// In the thread pool, so that packing a request does not hold up the others.
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Of the levels the fastest: 10,000 profiles take some ten milliseconds, and a third of their size. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

async function pack(value: unknown): Promise<Buffer> {
  return compress(Buffer.from(JSON.stringify(value)), options);
}

async function unpackText(bytes: Buffer): Promise<string> {
  return (await decompress(bytes)).toString('utf8');
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
