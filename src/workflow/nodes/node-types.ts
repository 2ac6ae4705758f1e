import { type ApiCallNode, executeApiCall, parseApiCall } from './api-call.ts';
import { type ConditionNode, executeCondition, parseCondition } from './condition.ts';
import { type ContentFilterNode, executeContentFilter, parseContentFilter } from './content-filter.ts';
import { type DelayNode, executeDelay, parseDelay } from './delay.ts';
import { type EmitNode, executeEmit, parseEmit } from './emit.ts';
import { type EndNode, executeEnd, parseEnd } from './end.ts';
import type { NodeType } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { nodeSchemas } from './node-schemas.ts';
import { executeSegment, parseSegment, type SegmentNode } from './segment.ts';
import { executeSend, parseSend, type SendNode } from './send.ts';
import { executeSplit, parseSplit, type SplitNode } from './split.ts';
import { executeStart, parseStart, type StartNode } from './start.ts';
import { executeUpdateProfile, parseUpdateProfile, type UpdateProfileNode } from './update-profile.ts';
import {
  executeUpdateSubscription,
  parseUpdateSubscription,
  type UpdateSubscriptionNode,
} from './update-subscription.ts';
import { executeWaitEvent, parseWaitEvent, type WaitEventNode } from './wait-event.ts';
import type { BatchScope, NodeStep, WalkingRun } from './walking-run.ts';
import { executeWorkflowJump, parseWorkflowJump, type WorkflowJumpNode } from './workflow-jump.ts';

/**
 * A node of any type. To add a type: a file beside this one, its name in `nodeTypes`, its schema in `nodeSchemas`, its line
 * in the two switches.
 */
export type Node =
  | StartNode
  | ContentFilterNode
  | ConditionNode
  | DelayNode
  | SplitNode
  | UpdateProfileNode
  | UpdateSubscriptionNode
  | SegmentNode
  | ApiCallNode
  | SendNode
  | WaitEventNode
  | EmitNode
  | WorkflowJumpNode
  | EndNode;

function parseKeys(reader: NodeReader, type: NodeType): Node | undefined {
  switch (type) {
    case 'start':
      return parseStart(reader);
    case 'content_filter':
      return parseContentFilter(reader);
    case 'condition':
      return parseCondition(reader);
    case 'delay':
      return parseDelay(reader);
    case 'split':
      return parseSplit(reader);
    case 'update_profile':
      return parseUpdateProfile(reader);
    case 'update_subscription':
      return parseUpdateSubscription(reader);
    case 'segment':
      return parseSegment(reader);
    case 'api_call':
      return parseApiCall(reader);
    case 'send':
      return parseSend(reader);
    case 'wait_event':
      return parseWaitEvent(reader);
    case 'emit':
      return parseEmit(reader);
    case 'workflow_jump':
      return parseWorkflowJump(reader);
    case 'end':
      return parseEnd(reader);
  }
}

/** Parses a node of a known type. Its faults are with the reader; undefined when they leave nothing to run. */
export function parseNode(reader: NodeReader, type: NodeType): Node | undefined {
  const node = parseKeys(reader, type);
  reader.refuseUnknownKeys(nodeSchemas[type]);
  return node;
}

/** Runs the node for the batch; index into the answer = index into `runs`. */
export async function executeNode(
  node: Node,
  runs: readonly WalkingRun[],
  scope: BatchScope,
): Promise<readonly NodeStep[]> {
  switch (node.type) {
    case 'start':
      return executeStart(node, runs, scope);
    case 'content_filter':
      return executeContentFilter(node, runs, scope);
    case 'condition':
      return executeCondition(node, runs, scope);
    case 'delay':
      return executeDelay(node, runs, scope);
    case 'split':
      return executeSplit(node, runs, scope);
    case 'update_profile':
      return executeUpdateProfile(node, runs, scope);
    case 'update_subscription':
      return executeUpdateSubscription(node, runs, scope);
    case 'segment':
      return executeSegment(node, runs, scope);
    case 'api_call':
      return executeApiCall(node, runs, scope);
    case 'send':
      return executeSend(node, runs, scope);
    case 'wait_event':
      return executeWaitEvent(node, runs, scope);
    case 'emit':
      return executeEmit(node, runs, scope);
    case 'workflow_jump':
      return executeWorkflowJump(node, runs, scope);
    case 'end':
      return executeEnd(node, runs, scope);
  }
}
