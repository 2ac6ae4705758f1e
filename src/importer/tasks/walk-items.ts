import { groupBy } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type ItemState, stateOfFault } from '../rows/item-state.ts';
import { selectChunk } from '../sql/select-chunk.ts';
import { type ListedChunk, selectChunkList } from '../sql/select-chunk-list.ts';
import { type ChunkRow, type RowResult, unpackResults, unpackRows } from './chunk-bytes.ts';

/** An item of a task as it was stored, with what became of it so far. */
export interface TaskItem {
  readonly row: ChunkRow;
  readonly state: ItemState;
  /** Undefined while it waits, and when it was cancelled. */
  readonly result: RowResult | undefined;
  /** It stands for an audience that could not be found. */
  readonly isAudience: boolean;
}

/** The items of a chunk, in ascending order of their index. */
async function loadItems(db: Db, chunkId: number): Promise<TaskItem[]> {
  const chunk = await selectChunk(db, chunkId);
  if (chunk === undefined) return [];
  const isAudience = chunk.rows === 0;
  const rows = await unpackRows(chunk.payload);
  if (chunk.result === null) {
    const state = chunk.isSettled ? 'cancelled' : 'waiting';
    return isAudience ? [] : rows.map((row) => ({ row, state, result: undefined, isAudience }));
  }
  const byIndex = new Map((await unpackResults(chunk.result)).map((result) => [result.index, result]));
  return rows.flatMap((row) => {
    const result = byIndex.get(row.index);
    // The rows that an audience was found to be are in chunks of their own.
    if (result === undefined) return [];
    const state = 'fault' in result ? stateOfFault(result.fault) : result.state;
    return [{ row, state, result, isAudience }];
  });
}

/** The items of one lane. Its chunks, in order of their ids, hold them in the order of the request. */
class LaneWalk {
  readonly #db: Db;
  readonly #chunks: readonly ListedChunk[];
  #nextChunk = 0;
  #items: readonly TaskItem[] = [];
  #position = 0;

  constructor(db: Db, chunks: readonly ListedChunk[]) {
    this.#db = db;
    this.#chunks = chunks;
  }

  /** The item that is next; undefined = there is none left. */
  get head(): TaskItem | undefined {
    return this.#items[this.#position];
  }

  /** Goes to the first item that is not before `from`: the chunk that holds it is looked for by halves. */
  async seek(from: number): Promise<void> {
    let [low, high] = [0, from === 0 ? 0 : this.#chunks.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const chunk = this.#chunks[middle];
      const [first] = chunk === undefined ? [] : await loadItems(this.#db, chunk.id);
      if (first !== undefined && first.row.index > from) high = middle - 1;
      else low = middle;
    }
    this.#nextChunk = low;
    await this.#load();
    while (this.head !== undefined && this.head.row.index < from) await this.next();
  }

  async next(): Promise<void> {
    this.#position += 1;
    if (this.head === undefined) await this.#load();
  }

  async #load(): Promise<void> {
    do {
      const chunk = this.#chunks[this.#nextChunk];
      this.#nextChunk += 1;
      this.#position = 0;
      this.#items = chunk === undefined ? [] : await loadItems(this.#db, chunk.id);
    } while (this.#items.length === 0 && this.#nextChunk < this.#chunks.length);
  }
}

/**
 * The items of a task in the order of the request, each as it is when its chunk is read. Holds one chunk of each lane at
 * a time, however long the task.
 * @param from the first item that is wanted.
 * @param kinds the chunks that are looked at, by what has become of them.
 */
export async function* walkItems(
  db: Db,
  taskId: string,
  from: number,
  kinds: ReadonlySet<ListedChunk['kind']>,
): AsyncGenerator<TaskItem> {
  const chunks = (await selectChunkList(db, taskId)).filter(({ kind }) => kinds.has(kind));
  const lanes = [...groupBy(chunks, ({ lane }) => lane).values()].map((own) => new LaneWalk(db, own));
  for (const lane of lanes) await lane.seek(from);
  for (;;) {
    let first: LaneWalk | undefined;
    for (const lane of lanes) {
      if (lane.head === undefined) continue;
      if (first?.head === undefined || lane.head.row.index < first.head.row.index) first = lane;
    }
    if (first?.head === undefined) return;
    yield first.head;
    await first.next();
  }
}
