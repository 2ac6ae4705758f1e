import { invalidRequest, type JsonObject, MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { findShape, loadShape, type ProfileShape } from '../../profiles/index.ts';
import { listSegments } from '../../segments/index.ts';
import { findStartTarget, requireDefaultStart } from '../../workflow/index.ts';
import type { ImportRules } from './import-rules.ts';
import {
  noSuchDatabase,
  noSuchWorkflow,
  type ParsedRequest,
  parseRequest,
  requireKnownNames,
} from './parse-request.ts';

/** A request that may be carried out. */
export interface PreparedImport {
  readonly request: ParsedRequest;
  readonly shape: ProfileShape;
  /** Null = profiles are imported and sent nowhere. */
  readonly workflowId: number | null;
}

/** Says by throwing whether the caller may use the database. */
export type Authorize = (databaseId: number) => void;

async function findWorkflowShape(
  db: Db,
  workflowId: number,
  key: string,
  authorize: Authorize,
): Promise<ProfileShape> {
  const target = await findStartTarget(db, workflowId);
  if (target === undefined) throw noSuchWorkflow(workflowId, key);
  authorize(target.databaseId);
  if (!target.active) {
    const detail = `${key}: workflow ${workflowId} is not active`;
    throw new MusterError(409, { field: key, detail });
  }
  requireDefaultStart(target);
  return loadShape(db, target.databaseId);
}

/** @throws {MusterError} 400 when a segment is none of the database's, or nobody can be put into it. */
async function requireStaticSegments(db: Db, databaseId: number, { envelope }: ParsedRequest): Promise<void> {
  const named = [
    ...envelope.addToSegments.map((id) => ({ id, key: 'add_to_segments' })),
    ...envelope.removeFromSegments.map((id) => ({ id, key: 'remove_from_segments' })),
  ];
  if (named.length === 0) return;
  const known = new Map((await listSegments(db, [databaseId])).map((segment) => [segment.id, segment.kind]));
  for (const { id, key } of named) {
    const kind = known.get(id);
    if (kind === undefined) throw invalidRequest(key, `database ${databaseId} has no segment ${id}`);
    if (kind !== 'static') throw invalidRequest(key, `who is in segment ${id} is said by its filter`);
  }
}

/**
 * Checks a request to a method that imports as a whole.
 * @throws {MusterError} 400, 403, 404 or 409 when it is refused as a whole.
 */
export async function prepareImport(
  db: Db,
  body: JsonObject,
  rules: ImportRules,
  maxItems: number,
  authorize: Authorize,
): Promise<PreparedImport> {
  return checkRequest(db, parseRequest(body, rules, maxItems), rules, authorize);
}

/** The part of `prepareImport` that asks the database. */
export async function checkRequest(
  db: Db,
  request: ParsedRequest,
  rules: ImportRules,
  authorize: Authorize,
): Promise<PreparedImport> {
  const { target } = request;
  if ('workflowId' in target) {
    const { workflowId } = target;
    const shape = await findWorkflowShape(db, workflowId, rules.workflowKey ?? 'workflow_id', authorize);
    requireKnownNames(request.envelope, shape);
    return { request, shape, workflowId };
  }
  const shape = await findShape(db, target.databaseId);
  if (shape === undefined) throw noSuchDatabase(target.databaseId);
  authorize(target.databaseId);
  requireKnownNames(request.envelope, shape);
  await requireStaticSegments(db, target.databaseId, request);
  return { request, shape, workflowId: null };
}
