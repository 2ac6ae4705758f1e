import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

/** Where profiles that the API sends enter. */
export interface StartNode extends NodeBase {
  readonly type: 'start';
  readonly name: 'Default';
}

export function parseStart(reader: NodeReader): StartNode | undefined {
  reader.edge('next');
  const name = reader.value('name') ?? 'Default';
  if (name === 'Default') return { id: reader.id, type: 'start', name, edges: reader.edges };
  reader.fault('name', 'expected Default');
  return undefined;
}

export const executeStart: ExecuteNode<StartNode> = (_node, runs) =>
  runs.map(() => ({ kind: 'leave', edge: 'next' }));
