import { type JsonObject, MusterError } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { findShape, loadShape, type ProfileShape } from '../profiles/index.ts';
import { findStartTarget } from '../workflow/index.ts';
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
  return loadShape(db, target.databaseId);
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
  return { request, shape, workflowId: null };
}
