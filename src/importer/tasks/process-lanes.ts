import type { Log, Outcome } from '../../base/index.ts';
import { type Db, type Refusal, withTx, withTxOrRefusal } from '../../db/index.ts';
import type { Places } from '../../geo/index.ts';
import { loadShape, type ProfileShape, type RowError, WIDE_LANE } from '../../profiles/index.ts';
import { type FirstWalk, RunCounts, type RunDelta } from '../../workflow/index.ts';
import { importByHalves } from '../rows/import-by-halves.ts';
import { type ImportedRow, type ImportScope, importRows, type SourcedRow } from '../rows/import-rows.ts';
import { stateOfFault } from '../rows/item-state.ts';
import { type ClaimedLanes, ORDINARY_LANES } from '../sql/claim-lanes.ts';
import { growTask } from '../sql/grow-task.ts';
import { lockLanes } from '../sql/lock-lanes.ts';
import { lockPendingChunks, type PendingChunk } from '../sql/select-pending-chunks.ts';
import { settleChunks, type TaskCounts } from '../sql/settle-chunks.ts';
import { type ChunkRow, packResults, type RowResult, unpackRows } from './chunk-bytes.ts';
import { expandAudience } from './expand-audience.ts';

/** Small chunks that one transaction takes together, of each lane. */
const MAX_CHUNKS = 64;
/**
 * Rows of one transaction, two lanes of a request of 10,000. Statements, triggers and commits cost by the
 * transaction: 600 rows in each took a sixth longer, and of more than this the last to finish keep a core waiting.
 */
export const TX_ROWS = 2_000;
/** Claims of a lane that ended in a crash or a fault before its oldest chunk is given up. */
const MAX_ATTEMPTS = 8;

export interface LaneDeps {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => Date;
  readonly places: Places;
  /** For each transaction: walks the runs that it starts. */
  readonly startWalk: () => FirstWalk;
  /** Passed before the commit. */
  readonly beforeCommit: () => Promise<void> | void;
}

const GIVEN_UP: RowError = {
  code: 500,
  text: `not imported: the server failed ${MAX_ATTEMPTS} times at this part of the task; its log tells why`,
};

/** A row with the chunk that it came in. */
interface LaneRow extends SourcedRow {
  readonly source: PendingChunk;
  readonly row: ChunkRow;
}

type ImportAll = (
  tx: Db,
  shape: ProfileShape,
  rows: readonly LaneRow[],
  counts: RunCounts,
) => Promise<ImportedRow[]>;

async function unpackChunks(chunks: readonly PendingChunk[]): Promise<LaneRow[]> {
  const unpacked = await Promise.all(chunks.map((chunk) => unpackRows(chunk.payload)));
  return chunks.flatMap((chunk, index) => (unpacked[index] ?? []).map((row) => ({ source: chunk, row })));
}

function emptyCounts(taskId: string, chunks: number): TaskCounts {
  return {
    ...{ taskId, chunks, created: 0, updated: 0, unchanged: 0 },
    ...{ invalid: 0, ambiguous: 0, notFound: 0, started: 0, skippedReentry: 0 },
    ...{ waiting: 0, ended: 0, failed: 0 },
  };
}

/** Moves of runs may be those of other tasks too, where a workflow restarts. */
function addDeltas(counts: Map<string, TaskCounts>, deltas: readonly RunDelta[]): void {
  for (const { taskId, waiting, ended, failed } of deltas) {
    const task = counts.get(taskId) ?? emptyCounts(taskId, 0);
    counts.set(taskId, task);
    task.waiting += waiting;
    task.ended += ended;
    task.failed += failed;
  }
}

function countRow(counts: TaskCounts, row: ImportedRow): void {
  if (row.ok) {
    counts[row.state] += 1;
    if (row.start !== null) counts[row.start === 'started' ? 'started' : 'skippedReentry'] += 1;
    return;
  }
  const state = stateOfFault(row.fault);
  counts[state === 'not_found' ? 'notFound' : state] += 1;
}

function toResult({ index, parentItem }: ChunkRow, row: ImportedRow): RowResult {
  const place = parentItem === undefined ? { index } : { index, parentItem };
  if (!row.ok) return { ...place, fault: row.fault };
  const { profileId, state, start, skipped } = row;
  return { ...place, profileId, state, start, ...(skipped.length === 0 ? {} : { skipped }) };
}

async function settle(
  tx: Db,
  claim: ClaimedLanes,
  chunks: readonly PendingChunk[],
  rows: readonly LaneRow[],
  imported: readonly ImportedRow[],
  runs: RunCounts,
  now: Date,
): Promise<void> {
  const results = new Map<number, RowResult[]>(chunks.map((chunk) => [chunk.id, []]));
  const counts = new Map<string, TaskCounts>();
  for (const { taskId } of chunks) {
    counts.set(taskId, emptyCounts(taskId, chunks.filter((other) => other.taskId === taskId).length));
  }
  for (const [position, { source, row }] of rows.entries()) {
    const outcome = imported[position];
    const taskCounts = counts.get(source.taskId);
    if (outcome === undefined || taskCounts === undefined) throw new Error('a row of a chunk has no result');
    countRow(taskCounts, outcome);
    results.get(source.id)?.push(toResult(row, outcome));
  }
  const packed = await Promise.all(
    chunks.map(async ({ id }) => ({ id, result: await packResults(results.get(id) ?? []) })),
  );
  await runs.writeNodes(tx);
  addDeltas(counts, runs.takeDeltas());
  await settleChunks(tx, claim, packed, [...counts.values()], now);
}

/** A chunk that stands for the work of finding the profiles. */
function isAudience(chunk: PendingChunk): boolean {
  return chunk.rows === 0;
}

/** What one claim has come to. */
export interface SettledLanes {
  /** An audience that was found counts as one: 0 when the lanes are another's by now, or have nothing pending. */
  readonly rows: number;
  /** Runs that are left to the engine. */
  readonly dueRuns: number;
  /** Those that the rows came from. */
  readonly lanes: number;
  /** Whether the lanes held more than the transaction took. */
  readonly hasMore: boolean;
}

async function settleLanes(
  deps: LaneDeps,
  tx: Db,
  claim: ClaimedLanes,
  importAll: ImportAll,
  givesUp = false,
): Promise<SettledLanes> {
  // After a failure the oldest alone, so that a chunk which cannot be processed takes no other task's with it.
  const limits = { chunks: claim.attempts > 1 ? 1 : MAX_CHUNKS, rows: TX_ROWS };
  if (claim.lanes.includes(WIDE_LANE)) await lockLanes(tx, claim.databaseId, ORDINARY_LANES);
  const { chunks, hasMore } = await lockPendingChunks(tx, claim, limits);
  if (chunks.length === 0) {
    // Else a lane that was claimed just as another had emptied it would stay closed for a whole lease.
    await settleChunks(tx, claim, [], [], deps.now());
    return { rows: 0, dueRuns: 0, lanes: 0, hasMore };
  }
  const shape = await loadShape(tx, claim.databaseId);
  const rows = await unpackChunks(chunks.filter((chunk) => !isAudience(chunk)));
  for (const chunk of chunks.filter(isAudience)) {
    const fault = givesUp ? GIVEN_UP : await expandAudience(tx, shape, chunk);
    if (fault === undefined) continue;
    // An audience that cannot be found is told of as one item that failed.
    await growTask(tx, chunk.taskId, { total: 1, chunks: 0 });
    rows.push({ source: chunk, row: { index: 0, fault } });
  }
  const counts = new RunCounts();
  const imported = await importAll(tx, shape, rows, counts);
  await settle(tx, claim, chunks, rows, imported, counts, deps.now());
  await deps.beforeCommit();
  return {
    ...{ rows: rows.length + chunks.filter(isAudience).length, dueRuns: counts.due, hasMore },
    lanes: new Set(chunks.map(({ lane }) => lane)).size,
  };
}

function scopeOf({ now, places, log }: LaneDeps, counts: RunCounts): ImportScope {
  return { now: now(), counts, places, log };
}

/** Imports with the first walk of the runs. A refusal is a value, for it may be the walk's and not the rows' fault. */
async function importAndWalk(deps: LaneDeps, claim: ClaimedLanes): Promise<Outcome<SettledLanes, Refusal>> {
  let walk: FirstWalk | undefined;
  const settled = await withTxOrRefusal(deps.db, (tx) => {
    // Anew for each attempt: what an attempt has queued that was rolled back is not there.
    const started = deps.startWalk();
    walk = started;
    return settleLanes(deps, tx, claim, (inner, shape, rows, counts) =>
      importRows(inner, shape, rows, { ...scopeOf(deps, counts), walk: started.walk }),
    );
  });
  if (settled.ok) walk?.committed();
  return settled;
}

/**
 * Imports the oldest chunks of the claimed lanes in one transaction, and gives the lanes up. The
 * first claim walks the runs as well; after a fault or a refusal the engine does, so that no workflow keeps an import
 * back. Locks: lanes, profiles, unique values, runs, node counts, tasks, each in order of its key.
 */
export async function processLanes(deps: LaneDeps, claim: ClaimedLanes): Promise<SettledLanes> {
  const { db, log } = deps;
  if (claim.attempts > MAX_ATTEMPTS) {
    log.error({ ...claim }, 'a part of a task is given up after too many faults; its items get error 500');
    return withTx(db, (tx) =>
      settleLanes(
        deps,
        tx,
        claim,
        async (_tx, _shape, rows) => rows.map(() => ({ ok: false, fault: GIVEN_UP })),
        true,
      ),
    );
  }
  if (claim.attempts === 1) {
    const walked = await importAndWalk(deps, claim);
    if (walked.ok) return walked.value;
  }
  const settled = await withTxOrRefusal(db, (tx) =>
    settleLanes(deps, tx, claim, (inner, shape, rows, counts) =>
      importRows(inner, shape, rows, scopeOf(deps, counts)),
    ),
  );
  if (settled.ok) return settled.value;
  return withTx(db, (tx) =>
    settleLanes(deps, tx, claim, (inner, shape, rows, counts) =>
      importByHalves(inner, shape, rows, scopeOf(deps, counts), log),
    ),
  );
}
