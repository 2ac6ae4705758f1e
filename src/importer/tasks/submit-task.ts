import {
  type Clock,
  type JsonObject,
  type JsonValue,
  newUuid,
  ownValue,
  type Signals,
} from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { type ProfileShape, WIDE_LANE } from '../../profiles/index.ts';
import { createRunContext } from '../../workflow/index.ts';
import type { Envelope, RootContext } from '../requests/envelope.ts';
import type { ImportRules } from '../requests/import-rules.ts';
import { type Authorize, type PreparedImport, prepareImport } from '../requests/prepare-import.ts';
import {
  readAttachments,
  type StoredRequest,
  storeRequestAttachments,
} from '../requests/request-attachments.ts';
import { insertChunks, type NewChunk } from '../sql/insert-chunks.ts';
import { insertTask } from '../sql/insert-task.ts';
import { type ChunkRow, packRows } from './chunk-bytes.ts';
import { splitRows, toRows } from './split-rows.ts';

const DAY_MS = 86_400_000;

/** Who sends a request. */
export interface Caller {
  /** Of the token; null = a person. */
  readonly id: number | null;
  /** Null = every one. */
  readonly databaseIds: readonly number[] | null;
}

export interface SubmitDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly signals: Signals;
  /** The most items in one request. */
  readonly maxItems: number;
  readonly retentionDays: number;
  /** Tells the importer of this process. */
  readonly wake: () => void;
}

/** Chunks of the rows, in the lanes of their keys. */
export async function packChunks(
  shape: ProfileShape,
  envelope: Envelope,
  rows: readonly ChunkRow[],
): Promise<NewChunk[]> {
  const chunks: NewChunk[] = [];
  // One after the other: the text of a chunk is as large as its part of the request, and is needed for a moment only.
  for (const { lane, rows: part } of splitRows(shape, envelope, rows)) {
    chunks.push({ lane, rows: part.length, payload: await packRows(part) });
  }
  return chunks;
}

/** An audience is found by the importer: a chunk without rows stands for the work of finding it. */
export async function packAudience(row: ChunkRow): Promise<NewChunk[]> {
  return [{ lane: WIDE_LANE, rows: 0, payload: await packRows([row]) }];
}

/** The row that runs of the request share; null = there is nothing to share. */
export async function createContext(
  tx: Db,
  { content, customData, subscriptionFilter }: RootContext,
  attach: JsonValue,
  now: Date,
): Promise<number | null> {
  if (content === null && customData === null && subscriptionFilter === null && attach === null) return null;
  return createRunContext(tx, { content, customData, subscriptionFilter, attach, now });
}

async function packRequest(
  { request: { audience, envelope }, shape }: PreparedImport,
  { items, faults }: StoredRequest,
): Promise<NewChunk[]> {
  const rows = toRows(envelope, items, faults);
  return audience === undefined
    ? packChunks(shape, envelope, rows)
    : packAudience(rows[0] ?? { index: 0, item: {} });
}

/** Empties the list itself, whoever still has it. */
function dropItems(body: JsonObject): void {
  const data = ownValue(body, 'data');
  if (Array.isArray(data)) data.length = 0;
}

/**
 * Checks a request of `import_and_start_batch_task` as a whole, and stores it as a task with its chunks in one
 * transaction: a handful of statements whatever the number of items. When it has returned, the task survives any crash.
 * @param body is used up: its `data` is empty afterwards.
 * @param accept runs in that transaction; when it throws, nothing is stored.
 * @throws {MusterError} 400, 403, 404 or 409 when the request is refused as a whole.
 */
export async function submitTask(
  deps: SubmitDeps,
  token: Caller,
  body: JsonObject,
  rules: ImportRules,
  authorize: Authorize,
  accept: (tx: Db, taskId: string) => Promise<void>,
): Promise<{ taskId: string }> {
  const { db, clock, signals } = deps;
  const prepared = await prepareImport(db, body, rules, deps.maxItems, authorize);
  const { request, shape, workflowId } = prepared;
  const itemCount = request.items.length;
  const found = readAttachments(request);
  const isPlain = found.items.size === 0 && found.faults.size === 0;
  // Packed before the transaction begins, but where items hold attachments, which are stored in it first.
  const packed = isPlain
    ? await packRequest(prepared, { attach: null, items: request.items, faults: new Map() })
    : undefined;
  // They are in the chunks: while the database stores those, the next request has room for its own.
  if (packed !== undefined) dropItems(body);
  const audience = request.audience === undefined ? null : (ownValue(body, 'custom_request') ?? null);
  const taskId = newUuid();
  await withTx(db, async (tx) => {
    const now = clock.now();
    const use = { tokenId: token.id, databaseIds: token.databaseIds, now };
    const stored = await storeRequestAttachments(tx, request, found, use);
    const chunks = packed ?? (await packRequest(prepared, stored));
    await insertTask(tx, {
      id: taskId,
      kind: rules.method,
      databaseId: shape.database.id,
      workflowId,
      tokenId: token.id,
      parentId: null,
      envelope: request.envelope,
      audience,
      contextId: await createContext(tx, request.context, stored.attach, now),
      total: audience === null ? itemCount : 0,
      chunks: chunks.length,
      isOpen: false,
      acceptedAt: now,
      expiresAt: new Date(now.getTime() + deps.retentionDays * DAY_MS),
    });
    await insertChunks(tx, taskId, shape.database.id, chunks);
    await accept(tx, taskId);
    await signals.reach('accept.before-commit');
  });
  await signals.reach('accept.after-commit');
  deps.wake();
  return { taskId };
}
