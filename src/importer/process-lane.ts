import type { Log, Outcome } from '../base/index.ts';
import { type Db, type Refusal, withSavepointOrRefusal, withTx, withTxOrRefusal } from '../db/index.ts';
import { loadShape, type ProfileShape, type RowError } from '../profiles/index.ts';
import { packResults, type RowResult, unpackRows } from './chunk-bytes.ts';
import { type ImportedRow, importRows, type LaneRow } from './import-rows.ts';
import { CHUNK_ROWS } from './split-rows.ts';
import { addRunCounts } from './sql/add-run-counts.ts';
import type { ClaimedLane } from './sql/claim-lane.ts';
import { lockPendingChunks, type PendingChunk } from './sql/select-pending-chunks.ts';
import { settleChunks, type TaskCounts } from './sql/settle-chunks.ts';

/** Small chunks that one transaction takes together. */
const MAX_CHUNKS = 64;
/** Claims of a lane that ended in a crash or a fault before its oldest chunk is given up. */
const MAX_ATTEMPTS = 8;

export interface LaneDeps {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => Date;
  /** Passed before the commit. */
  readonly beforeCommit: () => Promise<void> | void;
}

type ImportAll = (tx: Db, shape: ProfileShape, rows: readonly LaneRow[]) => Promise<ImportedRow[]>;

async function unpackChunks(chunks: readonly PendingChunk[]): Promise<LaneRow[]> {
  const unpacked = await Promise.all(chunks.map((chunk) => unpackRows(chunk.payload)));
  return chunks.flatMap((chunk, index) => (unpacked[index] ?? []).map((row) => ({ chunk, row })));
}

function emptyCounts(taskId: string, chunks: number): TaskCounts {
  return {
    ...{ taskId, chunks, created: 0, updated: 0, unchanged: 0 },
    ...{ invalid: 0, ambiguous: 0, notFound: 0, started: 0, skippedReentry: 0 },
  };
}

function countRow(counts: TaskCounts, row: ImportedRow): void {
  if (row.ok) {
    counts[row.state] += 1;
    counts[row.start === 'started' ? 'started' : 'skippedReentry'] += 1;
  } else if (row.fault.code === 409) counts.ambiguous += 1;
  else if (row.fault.code === 404) counts.notFound += 1;
  else counts.invalid += 1;
}

async function settle(
  tx: Db,
  lane: ClaimedLane,
  chunks: readonly PendingChunk[],
  rows: readonly LaneRow[],
  imported: readonly ImportedRow[],
  now: Date,
): Promise<void> {
  const results = new Map<number, RowResult[]>(chunks.map((chunk) => [chunk.id, []]));
  const counts = new Map<string, TaskCounts>();
  for (const { taskId } of chunks) {
    counts.set(taskId, emptyCounts(taskId, chunks.filter((other) => other.taskId === taskId).length));
  }
  for (const [position, { chunk, row }] of rows.entries()) {
    const outcome = imported[position];
    const taskCounts = counts.get(chunk.taskId);
    if (outcome === undefined || taskCounts === undefined) throw new Error('a row of a chunk has no result');
    countRow(taskCounts, outcome);
    const { index } = row;
    results
      .get(chunk.id)
      ?.push(outcome.ok ? { index, profileId: outcome.profileId } : { index, fault: outcome.fault });
  }
  const packed = await Promise.all(
    chunks.map(async ({ id }) => ({ id, result: await packResults(results.get(id) ?? []) })),
  );
  await settleChunks(tx, lane, packed, [...counts.values()], now);
}

/** @returns how many rows were settled: 0 when the lane is another's by now, or has nothing pending. */
async function settleLane(deps: LaneDeps, tx: Db, lane: ClaimedLane, importAll: ImportAll): Promise<number> {
  // After a failure the oldest alone, so that a chunk which cannot be processed takes no other task's with it.
  const limits = { chunks: lane.attempts > 1 ? 1 : MAX_CHUNKS, rows: CHUNK_ROWS };
  const chunks = await lockPendingChunks(tx, lane, limits);
  if (chunks.length === 0) {
    // Else a lane that was claimed just as another had emptied it would stay closed for a whole lease.
    await settleChunks(tx, lane, [], [], deps.now());
    return 0;
  }
  const rows = await unpackChunks(chunks);
  const imported = await importAll(tx, await loadShape(tx, lane.databaseId), rows);
  await settle(tx, lane, chunks, rows, imported, deps.now());
  await deps.beforeCommit();
  return rows.length;
}

/**
 * The way round rows that PostgreSQL refuses: halves them, each half behind a savepoint, until each bad one stands
 * alone and gets its error.
 */
async function importByHalves(
  deps: LaneDeps,
  tx: Db,
  shape: ProfileShape,
  rows: readonly LaneRow[],
): Promise<ImportedRow[]> {
  const whole: Outcome<ImportedRow[], Refusal> = await withSavepointOrRefusal(tx, () =>
    importRows(tx, shape, rows, deps.now(), addRunCounts),
  );
  if (whole.ok) return whole.value;
  const [row] = rows;
  if (rows.length === 1 && row !== undefined) {
    const { sqlState, message } = whole.error;
    deps.log.warn(
      { task: row.chunk.taskId, item: row.row.index, sqlState, message },
      'an item was not imported: PostgreSQL refuses its data',
    );
    const fault: RowError = {
      code: 400,
      text: `data: cannot be stored (SQLSTATE ${sqlState})`,
      field: 'data',
    };
    return [{ ok: false, fault }];
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await importByHalves(deps, tx, shape, rows.slice(0, middle));
  return [...first, ...(await importByHalves(deps, tx, shape, rows.slice(middle)))];
}

const GIVEN_UP: RowError = {
  code: 500,
  text: `not imported: the server failed ${MAX_ATTEMPTS} times at this part of the task; its log tells why`,
};

/**
 * Imports the oldest chunks of a claimed lane, about a thousand rows, in one transaction, and gives the lane up. Locks:
 * lane, profiles, runs, tasks, each in order of its key.
 * @returns how many rows were settled.
 */
export async function processLane(deps: LaneDeps, lane: ClaimedLane): Promise<number> {
  const { db, log } = deps;
  if (lane.attempts > MAX_ATTEMPTS) {
    log.error({ ...lane }, 'a part of a task is given up after too many faults; its items get error 500');
    return withTx(db, (tx) =>
      settleLane(deps, tx, lane, async (_tx, _shape, rows) =>
        rows.map(() => ({ ok: false, fault: GIVEN_UP })),
      ),
    );
  }
  const settled = await withTxOrRefusal(db, (tx) =>
    settleLane(deps, tx, lane, (inner, shape, rows) =>
      importRows(inner, shape, rows, deps.now(), addRunCounts),
    ),
  );
  if (settled.ok) return settled.value;
  return withTx(db, (tx) =>
    settleLane(deps, tx, lane, (inner, shape, rows) => importByHalves(deps, inner, shape, rows)),
  );
}
