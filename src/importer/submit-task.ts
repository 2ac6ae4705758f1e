import { type Clock, type JsonObject, MusterError, newUuid, type Signals } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { loadShape } from '../profiles/index.ts';
import { createRunContext, findStartTarget } from '../workflow/index.ts';
import { packRows } from './chunk-bytes.ts';
import { noSuchWorkflow, parseRequest, requireMatchField } from './envelope.ts';
import { splitRows } from './split-rows.ts';
import { insertChunks } from './sql/insert-chunks.ts';
import { insertTask } from './sql/insert-task.ts';

const DAY_MS = 86_400_000;

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

/**
 * Checks a request of `import_and_start_batch_task` as a whole, and stores it as a task with its chunks in one
 * transaction: a handful of statements whatever the number of items. When it has returned, the task survives any crash.
 * @param accept runs in that transaction; when it throws, nothing is stored.
 * @throws {MusterError} 400, 404 or 409 when the request is refused as a whole.
 */
export async function submitTask(
  deps: SubmitDeps,
  token: { readonly id: number },
  body: JsonObject,
  accept: (tx: Db, taskId: string) => Promise<void>,
): Promise<{ taskId: string }> {
  const { db, clock, signals } = deps;
  const request = parseRequest(body, deps.maxItems);
  const target = await findStartTarget(db, request.workflowId);
  if (target === undefined) throw noSuchWorkflow(request.workflowId);
  if (!target.active) {
    const detail = `workflow_id: workflow ${target.workflowId} is not active`;
    throw new MusterError(409, { field: 'workflow_id', detail });
  }
  const shape = await loadShape(db, target.databaseId);
  requireMatchField(request.envelope, shape);
  const parts = splitRows(shape, request.envelope, request.items);
  const payloads = await Promise.all(parts.map((part) => packRows(part.rows)));
  const chunks = parts.map((part, index) => ({
    lane: part.lane,
    rows: part.rows.length,
    payload: payloads[index] ?? Buffer.alloc(0),
  }));
  const taskId = newUuid();
  await withTx(db, async (tx) => {
    const now = clock.now();
    const { content, customData } = request;
    const contextId =
      content === null && customData === null
        ? null
        : await createRunContext(tx, { content, customData, now });
    await insertTask(tx, {
      id: taskId,
      kind: 'workflows/import_and_start_batch_task',
      databaseId: target.databaseId,
      workflowId: target.workflowId,
      tokenId: token.id,
      envelope: request.envelope,
      contextId,
      total: request.items.length,
      chunks: chunks.length,
      acceptedAt: now,
      expiresAt: new Date(now.getTime() + deps.retentionDays * DAY_MS),
    });
    await insertChunks(tx, taskId, target.databaseId, chunks);
    await accept(tx, taskId);
    await signals.reach('accept.before-commit');
  });
  await signals.reach('accept.after-commit');
  deps.wake();
  return { taskId };
}
