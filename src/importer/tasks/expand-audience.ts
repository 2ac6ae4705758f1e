import { chunkBySize, groupBy, laneOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { LANE_COUNT, type ProfileShape, type RowError, rowError } from '../../profiles/index.ts';
import { parseFilter } from '../../query/index.ts';
import { deleteFoundChunks } from '../sql/delete-found-chunks.ts';
import { growTask } from '../sql/grow-task.ts';
import { insertChunks } from '../sql/insert-chunks.ts';
import type { PendingChunk } from '../sql/select-pending-chunks.ts';
import { type ChunkRow, packRows, unpackRows } from './chunk-bytes.ts';
import { itemFor, pageAudience } from './find-audience.ts';
import { CHUNK_ROWS } from './split-rows.ts';

/**
 * Finds the profiles that a task is about and stores a row for each, in place of the chunk that stands for the
 * looking: the task's total and its chunks grow by them. They are found as they are now, and are matched by their ids.
 * @param tx the caller's transaction, which settles that chunk.
 * @returns why they cannot be found; then nothing was stored.
 */
export async function expandAudience(
  tx: Db,
  shape: ProfileShape,
  chunk: PendingChunk,
): Promise<RowError | undefined> {
  const filter = parseFilter(chunk.audience ?? null);
  if (!filter.ok) throw new Error(`the audience of task ${chunk.taskId} cannot be read`);
  const [first] = await unpackRows(chunk.payload);
  const rowOf = (index: number, id: string): ChunkRow =>
    first !== undefined && 'fault' in first
      ? { index, fault: first.fault }
      : { index, item: itemFor(first?.item ?? {}, id) };
  let total = 0;
  let chunks = 0;
  for await (const found of pageAudience(tx, shape, filter.value)) {
    if (!found.ok) {
      await deleteFoundChunks(tx, chunk.taskId, chunk.id);
      return rowError('custom_request', found.error);
    }
    const ids = found.value;
    const rows = ids.map((id, offset) => ({ id, row: rowOf(total + offset, id) }));
    const parts = [...groupBy(rows, ({ id }) => laneOf(id, LANE_COUNT))].flatMap(([lane, own]) =>
      chunkBySize(own, CHUNK_ROWS).map((part) => ({ lane, part })),
    );
    const packed = await Promise.all(
      parts.map(async ({ lane, part }) => ({
        lane,
        rows: part.length,
        payload: await packRows(part.map(({ row }) => row)),
      })),
    );
    await insertChunks(tx, chunk.taskId, shape.database.id, packed);
    total += ids.length;
    chunks += packed.length;
  }
  await growTask(tx, chunk.taskId, { total, chunks });
  return undefined;
}
