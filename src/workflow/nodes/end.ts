import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

export interface EndNode extends NodeBase {
  readonly type: 'end';
  readonly reason: string | null;
}

export function parseEnd(reader: NodeReader): EndNode {
  const reason = reader.text('reason', 'optional');
  if (reason !== undefined && (reason.length > 200 || reason.trim() === '')) {
    reader.fault('reason', 'expected 1 to 200 characters');
  }
  return { id: reader.id, type: 'end', reason: reason ?? null, edges: reader.edges };
}

export const executeEnd: ExecuteNode<EndNode> = ({ reason }, runs) =>
  runs.map(() => ({ kind: 'end', reason }));
