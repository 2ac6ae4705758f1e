import {
  type Clock,
  chunkBySize,
  invalidRequest,
  type JsonObject,
  type JsonValue,
  type Log,
  laneOf,
  MusterError,
} from '../../base/index.ts';
import { type Db, withTx, withTxOrRefusal } from '../../db/index.ts';
import type { Places } from '../../geo/index.ts';
import { LANE_COUNT, loadShape, type ProfileShape, WIDE_LANE } from '../../profiles/index.ts';
import { RunCounts } from '../../workflow/index.ts';
import type { ImportRules } from '../requests/import-rules.ts';
import { type Authorize, type PreparedImport, prepareImport } from '../requests/prepare-import.ts';
import { readAttachments, storeRequestAttachments } from '../requests/request-attachments.ts';
import { importByHalves } from '../rows/import-by-halves.ts';
import { type ImportedRow, type ImportScope, importRows, type SourcedRow } from '../rows/import-rows.ts';
import { markDuplicates } from '../rows/mark-duplicates.ts';
import { laneTextOf } from '../rows/parse-row.ts';
import { addRunCounts } from '../sql/add-run-counts.ts';
import { ORDINARY_LANES } from '../sql/claim-lanes.ts';
import { lockLanes } from '../sql/lock-lanes.ts';
import type { ChunkRow } from '../tasks/chunk-bytes.ts';
import { itemFor, pageAudience } from '../tasks/find-audience.ts';
import { CHUNK_ROWS, toRows } from '../tasks/split-rows.ts';
import { type Caller, createContext } from '../tasks/submit-task.ts';

export interface ImportNowDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: Places;
  /** The most items in one request, and the most profiles of an audience. */
  readonly maxItems: number;
  /** Tells the engine of this process that runs were started. */
  readonly wakeEngine: () => void;
}

/** Rolls back what a dry run has done, and carries what it has found out. */
class DryRun extends Error {
  readonly rows: readonly ImportedRow[];

  constructor(rows: readonly ImportedRow[]) {
    super('a dry run');
    this.name = 'DryRun';
    this.rows = rows;
  }
}

async function findItems(
  tx: Db,
  { request: { audience }, shape }: PreparedImport,
  items: readonly JsonValue[],
  maxItems: number,
): Promise<readonly JsonValue[]> {
  if (audience === undefined) return items;
  const found: JsonValue[] = [];
  for await (const ids of pageAudience(tx, shape, audience)) {
    if (!ids.ok) throw invalidRequest('custom_request', ids.error);
    for (const id of ids.value) found.push(itemFor(items[0] ?? {}, id));
    if (found.length > maxItems) {
      const detail = `custom_request: finds more than ${maxItems} profiles; send them by import_and_start_batch_task`;
      throw new MusterError(400, { field: 'custom_request', detail });
    }
  }
  return found;
}

/** The lanes in which the importer could work on the same profiles. */
function lanesOf({ shape, request }: PreparedImport, rows: readonly ChunkRow[]): readonly number[] {
  const lanes = new Set<number>();
  for (const row of rows) {
    if ('fault' in row) continue;
    const text = laneTextOf(shape, request.envelope, row.item);
    if (text === null) return [...ORDINARY_LANES, WIDE_LANE];
    if (text !== undefined) lanes.add(laneOf(text, LANE_COUNT));
  }
  return [...lanes];
}

/**
 * Carries out a request that answers with its results: in one transaction, so that it is done as a whole or not at all,
 * and at once, ahead of tasks that wait. The lanes of its keys are held meanwhile.
 * @param accept runs in that transaction with the results, one a row, in the order of the request, and the database.
 * @throws {MusterError} 400, 403, 404 or 409 when the request is refused as a whole.
 */
export async function importNow(
  deps: ImportNowDeps,
  token: Caller,
  body: JsonObject,
  rules: ImportRules,
  authorize: Authorize,
  accept: (tx: Db, rows: readonly ImportedRow[], shape: ProfileShape) => Promise<void>,
): Promise<{ rows: readonly ImportedRow[]; dryRun: boolean }> {
  const { db, clock, log } = deps;
  const prepared = await prepareImport(db, body, rules, deps.maxItems, authorize);
  const { dryRun } = prepared.request;
  const found = readAttachments(prepared.request);
  const attempt = async (tx: Db, importPart: typeof importRows): Promise<ImportedRow[]> => {
    const counts = new RunCounts();
    const imported = await importAll(tx, prepared, deps, importPart, counts);
    if (dryRun) throw new DryRun(imported);
    await accept(tx, imported, prepared.shape);
    await counts.write(tx, addRunCounts);
    return imported;
  };
  try {
    const settled = await withTxOrRefusal(db, (tx) => attempt(tx, importRows));
    const rows = settled.ok
      ? settled.value
      : await withTx(db, (tx) =>
          attempt(tx, (inner, shape, part, scope) => importByHalves(inner, shape, part, scope, log)),
        );
    // Also without a workflow of its own an import may have fired triggers.
    if (rows.some((row) => row.ok)) deps.wakeEngine();
    return { rows, dryRun };
  } catch (fault) {
    if (fault instanceof DryRun) return { rows: fault.rows, dryRun };
    throw fault;
  }

  async function importAll(
    tx: Db,
    { request, shape: { database }, workflowId }: PreparedImport,
    { maxItems }: ImportNowDeps,
    importPart: typeof importRows,
    counts: RunCounts,
  ): Promise<ImportedRow[]> {
    const scope: ImportScope = { now: clock.now(), counts, places: deps.places, log };
    const { envelope } = request;
    const use = { tokenId: token.id, databaseIds: token.databaseIds, now: scope.now };
    const stored = await storeRequestAttachments(tx, request, found, use);
    const items = await findItems(tx, prepared, stored.items, maxItems);
    const rows = toRows(envelope, items, stored.faults);
    await lockLanes(tx, database.id, lanesOf(prepared, rows));
    // Read again: a field may have become a match field since, and what is written must fit what holds at the commit.
    const shape = await loadShape(tx, database.id);
    const contextId = await createContext(tx, request.context, stored.attach, scope.now);
    const source = { taskId: null, taskSize: 0, workflowId, contextId, envelope };
    const imported: ImportedRow[] = [];
    for (const part of chunkBySize(rows, CHUNK_ROWS)) {
      const sourced = part.map((row): SourcedRow => ({ source, row }));
      imported.push(...(await importPart(tx, shape, sourced, scope)));
    }
    return markDuplicates(imported);
  }
}
