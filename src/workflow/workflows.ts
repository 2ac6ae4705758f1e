import {
  type Clock,
  invalidRequest,
  type JsonValue,
  MusterError,
  storageFault,
  textFault,
} from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { activateWorkflow } from './sql/activate-workflow.ts';
import { changeWorkflow, type WorkflowChange } from './sql/change-workflow.ts';
import { countWorkflows } from './sql/count-workflows.ts';
import { findWorkflow } from './sql/find-workflow.ts';
import { insertWorkflow, type NewWorkflow } from './sql/insert-workflow.ts';
import { pageWorkflows, type WorkflowQuery } from './sql/page-workflows.ts';
import type { Workflow } from './workflow.ts';

const MAX_NAME_LENGTH = 200;

export function noSuchWorkflow(id: number): MusterError {
  return new MusterError(404, { field: 'workflow_id', detail: `workflow_id: there is no workflow ${id}` });
}

function checkName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME_LENGTH) {
    throw invalidRequest('name', `expected 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const fault = textFault(name);
  if (fault !== undefined) throw invalidRequest('name', fault);
}

/** A draft may be half done: publishing judges the graph. Here it must only be something that can be stored. */
function checkDraft(definition: JsonValue): void {
  const fault = storageFault(definition, 'definition');
  if (fault !== undefined) throw new MusterError(400, { field: 'definition', detail: fault });
}

/** @throws {MusterError} 400 for a name or definition that cannot be stored, 404 for an unknown database. */
export async function createWorkflow(db: Db, clock: Clock, workflow: NewWorkflow): Promise<Workflow> {
  checkName(workflow.name);
  checkDraft(workflow.definition);
  const created = await insertWorkflow(db, workflow, clock.now());
  if (created !== undefined) return created;
  const detail = `database_id: there is no database ${workflow.databaseId}`;
  throw new MusterError(404, { field: 'database_id', detail });
}

/**
 * Changes name, re-entry mode or draft; runs and published versions stay as they are.
 * @throws {MusterError} 400 for what cannot be stored, 404 for an unknown workflow.
 */
export async function updateWorkflow(
  db: Db,
  clock: Clock,
  id: number,
  change: WorkflowChange,
): Promise<Workflow> {
  if (change.name !== undefined) checkName(change.name);
  if (change.definition !== undefined) checkDraft(change.definition);
  const changed = await changeWorkflow(db, id, change, clock.now());
  if (changed === undefined) throw noSuchWorkflow(id);
  return changed;
}

/** @throws {MusterError} 404 for an unknown workflow. */
export async function getWorkflow(db: Db, id: number): Promise<Workflow> {
  const workflow = await findWorkflow(db, id);
  if (workflow === undefined) throw noSuchWorkflow(id);
  return workflow;
}

export interface WorkflowPage {
  readonly workflows: readonly Workflow[];
  /** Workflows of the databases asked for, on all pages. */
  readonly total: number;
  /** The `fromId` of the next page; null = this is the last. */
  readonly nextFromId: number | null;
}

export async function listWorkflows(db: Db, query: WorkflowQuery): Promise<WorkflowPage> {
  const found = await pageWorkflows(db, { ...query, limit: query.limit + 1 });
  const total = await countWorkflows(db, query.databaseIds);
  return {
    workflows: found.slice(0, query.limit),
    total,
    nextFromId: found[query.limit]?.id ?? null,
  };
}

/**
 * Lets a workflow take new profiles, or no more; runs inside go on either way.
 * @throws {MusterError} 404 for an unknown workflow, 409 for activating one that was never published.
 */
export async function setWorkflowActive(
  db: Db,
  clock: Clock,
  id: number,
  active: boolean,
): Promise<Workflow> {
  const changed = await activateWorkflow(db, id, active, clock.now());
  if (changed !== undefined) return changed;
  await getWorkflow(db, id);
  throw new MusterError(409, { detail: `workflow ${id} must be published before it is activated` });
}
