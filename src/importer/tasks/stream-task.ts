import { isUtf8 } from 'node:buffer';
import {
  type Clock,
  isJsonObject,
  type JsonObject,
  MusterError,
  newUuid,
  ownValue,
  type Signals,
  tryParseJson,
} from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import type { ImportRules } from '../requests/import-rules.ts';
import { parseOpenRequest } from '../requests/parse-request.ts';
import { type Authorize, checkRequest, type PreparedImport } from '../requests/prepare-import.ts';
import { readAttachments, storeRequestAttachments } from '../requests/request-attachments.ts';
import { closeOpenTask } from '../sql/close-open-task.ts';
import { deleteOpenTask } from '../sql/delete-open-task.ts';
import { growOpenTask } from '../sql/grow-open-task.ts';
import { insertChunks } from '../sql/insert-chunks.ts';
import { insertTask } from '../sql/insert-task.ts';
import { releaseChunks } from '../sql/release-chunks.ts';
import { type ChunkRow, packRows } from './chunk-bytes.ts';
import { RowBuffer } from './row-buffer.ts';
import { type Line, LineSplitter } from './split-lines.ts';
import { type LaneRows, laneOfRow, toRow } from './split-rows.ts';
import { type Caller, createContext } from './submit-task.ts';

const DAY_MS = 86_400_000;
/** After so long without a sign of life an open task counts as left behind by a process that died. */
const OPEN_MS = 900_000;
/** How often a stream too slow to fill the buffer gives a sign of life. */
const SIGN_MS = 60_000;

/** What is held in memory: rows and bytes until they are stored, and the longest line that is read. */
export interface StreamLimits {
  readonly rows: number;
  readonly bytes: number;
  readonly lineBytes: number;
}

const LIMITS: StreamLimits = { rows: 16_000, bytes: 8_388_608, lineBytes: 1_048_576 };

export interface StreamDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly retentionDays: number;
  /** Tells the importer of this process. */
  readonly wake: () => void;
  readonly limits?: StreamLimits;
}

export interface StreamedTask {
  readonly taskId: string;
  /** Its rows, those at fault included. */
  readonly total: number;
}

/** A stream names a workflow, or in `db_id` a database that profiles are imported into and sent nowhere. */
export function rulesForStream(body: JsonObject): ImportRules {
  const database = ownValue(body, 'db_id') ?? null;
  const workflow = ownValue(body, 'workflow_id') ?? null;
  const hasDatabase = database !== null && workflow === null;
  return {
    method: 'imports',
    items: 'wrapped',
    missing: 'create',
    workflowKey: hasDatabase ? undefined : 'workflow_id',
  };
}

async function openTask(
  { db, clock }: StreamDeps,
  token: Caller,
  { request, shape, workflowId }: PreparedImport,
): Promise<string> {
  const id = newUuid();
  const found = readAttachments(request);
  await withTx(db, async (tx) => {
    const now = clock.now();
    const use = { tokenId: token.id, databaseIds: token.databaseIds, now };
    const { attach } = await storeRequestAttachments(tx, request, found, use);
    await insertTask(tx, {
      ...{ id, kind: 'imports', databaseId: shape.database.id, workflowId, tokenId: token.id },
      ...{ parentId: null, envelope: request.envelope, audience: null, total: 0, chunks: 0, isOpen: true },
      contextId: await createContext(tx, request.context, attach, now),
      acceptedAt: now,
      expiresAt: new Date(now.getTime() + OPEN_MS),
    });
  });
  return id;
}

function goneTask(): MusterError {
  return new MusterError(409, { detail: 'the task was cancelled, or given up, before its last row came' });
}

/** A line as a row; undefined = it is blank. `number` counts all lines from 1, `index` rows from 0. */
function readLine(
  line: Line,
  number: number,
  index: number,
  envelope: Envelope,
  maxBytes: number,
): ChunkRow | undefined {
  const refuse = (text: string): ChunkRow => ({
    index,
    fault: { code: 400, text: `line ${number}: ${text}`, field: 'data' },
  });
  if ('tooLong' in line) return refuse(`longer than ${maxBytes} bytes`);
  if (!isUtf8(line.bytes)) return refuse('not valid UTF-8');
  const text = line.bytes.toString('utf8').replace(/^\uFEFF/, '');
  const item = tryParseJson(text);
  if (isJsonObject(item) && Object.hasOwn(item, 'attach')) {
    return refuse('attach is not possible in a line; it stands in the address, for all of them');
  }
  if (item !== undefined) return toRow(envelope, item, index);
  return text.trim() === '' ? undefined : refuse('not valid JSON');
}

/** Stores the rows of a stream as held chunks of its open task, some thousand at a time. */
class RowStore {
  readonly #deps: StreamDeps;
  readonly #prepared: PreparedImport;
  readonly #taskId: string;
  readonly #limits: StreamLimits;
  readonly #buffer = new RowBuffer();
  #lines = 0;
  #rows = 0;
  #signedAt: number;

  constructor(deps: StreamDeps, prepared: PreparedImport, taskId: string) {
    this.#deps = deps;
    this.#prepared = prepared;
    this.#taskId = taskId;
    this.#limits = deps.limits ?? LIMITS;
    this.#signedAt = deps.clock.now().getTime();
  }

  /** Reads to the end. What comes is not asked for faster than it is stored. */
  async readAll(pieces: AsyncIterable<Buffer>): Promise<void> {
    const splitter = new LineSplitter(this.#limits.lineBytes);
    for await (const piece of pieces) {
      for (const line of splitter.push(piece)) await this.#take(line);
      if (this.#deps.clock.now().getTime() - this.#signedAt >= SIGN_MS) await this.#store([]);
    }
    for (const line of splitter.end()) await this.#take(line);
    await this.#store(this.#buffer.take(true));
  }

  /** @returns a promise only where there is something to wait for. */
  #take(line: Line): Promise<void> | undefined {
    const { envelope } = this.#prepared.request;
    this.#lines += 1;
    const row = readLine(line, this.#lines, this.#rows, envelope, this.#limits.lineBytes);
    if (row === undefined) return undefined;
    this.#rows += 1;
    const bytes = 'bytes' in line ? line.bytes.length : 0;
    this.#buffer.add(laneOfRow(this.#prepared.shape, envelope, row), row, bytes);
    const isFull = this.#buffer.rows >= this.#limits.rows || this.#buffer.bytes >= this.#limits.bytes;
    return isFull ? this.#store(this.#buffer.take(false)) : undefined;
  }

  /** @throws {MusterError} 409 when the task is not open any more. */
  async #store(parts: readonly LaneRows[]): Promise<void> {
    const { db, clock } = this.#deps;
    const chunks = await Promise.all(
      parts.map(async ({ lane, rows }) => ({ lane, rows: rows.length, payload: await packRows(rows) })),
    );
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const now = clock.now().getTime();
    await withTx(db, async (tx) => {
      const expiresAt = new Date(now + OPEN_MS);
      const isOpen = await growOpenTask(tx, this.#taskId, { rows, chunks: chunks.length, expiresAt });
      if (!isOpen) throw goneTask();
      if (chunks.length === 0) return;
      await insertChunks(tx, this.#taskId, this.#prepared.shape.database.id, chunks, true);
    });
    this.#signedAt = now;
  }
}

async function closeTask(
  { db, clock, signals, retentionDays, wake }: StreamDeps,
  taskId: string,
  accept: (tx: Db, task: StreamedTask) => Promise<void>,
): Promise<StreamedTask> {
  const task = await withTx(db, async (tx) => {
    const acceptedAt = clock.now();
    const expiresAt = new Date(acceptedAt.getTime() + retentionDays * DAY_MS);
    const total = await closeOpenTask(tx, taskId, { acceptedAt, expiresAt });
    if (total === undefined) throw goneTask();
    if (total === 0) {
      throw new MusterError(400, {
        detail: 'body: expected at least one profile, there is no line with one',
      });
    }
    await accept(tx, { taskId, total });
    await releaseChunks(tx, taskId);
    await signals.reach('accept.before-commit');
    return { taskId, total };
  });
  await signals.reach('accept.after-commit');
  wake();
  return task;
}

/**
 * Takes a body of one item a line as one task, in memory that does not grow with it. Nothing of it is worked on before
 * the last line has come, and nothing is left of it when it breaks off: docs/decisions/0010. When this has returned, the
 * task survives any crash.
 * @param body the keys that stand around `data` elsewhere; nothing is read from `pieces` before they are checked.
 * @param pieces the body, cut anywhere. What it throws is thrown on.
 * @param accept runs in the transaction that makes the task one; when it throws, nothing is left.
 * @throws {MusterError} 400, 403, 404 or 409 when the stream is refused as a whole.
 */
export async function streamTask(
  deps: StreamDeps,
  token: Caller,
  body: JsonObject,
  authorize: Authorize,
  pieces: AsyncIterable<Buffer>,
  accept: (tx: Db, task: StreamedTask) => Promise<void>,
): Promise<StreamedTask> {
  const rules = rulesForStream(body);
  const prepared = await checkRequest(deps.db, parseOpenRequest(body, rules), rules, authorize);
  const taskId = await openTask(deps, token, prepared);
  try {
    await new RowStore(deps, prepared, taskId).readAll(pieces);
    return await closeTask(deps, taskId, accept);
  } catch (fault) {
    // Where this fails too, the database is away: `purgeOpenTasks` deletes the task later. The first fault is the one to tell.
    await deleteOpenTask(deps.db, taskId).catch(() => {});
    throw fault;
  }
}
