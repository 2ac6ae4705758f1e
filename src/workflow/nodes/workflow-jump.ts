import { findStartTarget, type StartTarget } from '../sql/find-start-target.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

/** Ends the run and sends its profile into a workflow of the same database. */
export interface WorkflowJumpNode extends NodeBase {
  readonly type: 'workflow_jump';
  readonly workflowId: number;
  /** Whether content, custom data, attachments and saved answers go along. */
  readonly withContent: boolean;
}

export function parseWorkflowJump(reader: NodeReader): WorkflowJumpNode | undefined {
  reader.edge('error');
  const workflowId = reader.reference('workflow_id', 'required');
  const withContent = reader.value('with_content') ?? true;
  if (typeof withContent !== 'boolean') reader.fault('with_content', 'expected true or false');
  if (workflowId === undefined || typeof withContent !== 'boolean') return undefined;
  return { id: reader.id, type: 'workflow_jump', workflowId, withContent, edges: reader.edges };
}

function faultOf(target: StartTarget | undefined, databaseId: number): string | undefined {
  if (target === undefined) return 'does not exist';
  if (target.databaseId !== databaseId) return 'belongs to another database';
  if (target.version === null || !target.active) return 'is not active';
  return target.startNode === null ? 'has no start named Default' : undefined;
}

/** The target is looked up once for the batch; without one that takes profiles, runs leave by `error` or fail. */
export const executeWorkflowJump: ExecuteNode<WorkflowJumpNode> = async (node, runs, scope) => {
  const target = await findStartTarget(scope.tx, node.workflowId);
  const fault = faultOf(target, scope.databaseId);
  if (target !== undefined && fault === undefined) {
    return runs.map(() => ({ kind: 'jump', target, withContent: node.withContent }));
  }
  if (node.edges.error !== undefined) return runs.map(() => ({ kind: 'leave', edge: 'error' }));
  const reason = `${node.id}: workflow ${node.workflowId} ${fault}`;
  return runs.map(() => ({ kind: 'fail', reason }));
};
