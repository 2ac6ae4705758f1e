import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { parseTrigger, type Trigger } from './trigger.ts';
import type { ExecuteNode } from './walking-run.ts';

/** Where profiles enter: those that the API sends, or those that an event happens to. */
export interface StartNode extends NodeBase {
  readonly type: 'start';
  /** Null = the start named Default, of the API. */
  readonly trigger: Trigger | null;
}

export function parseStart(reader: NodeReader): StartNode | undefined {
  reader.edge('next');
  const name = reader.value('name');
  if (reader.value('on') === undefined) {
    if (name === undefined || name === 'Default') {
      return { id: reader.id, type: 'start', trigger: null, edges: reader.edges };
    }
    reader.fault('name', 'expected Default');
    return undefined;
  }
  if (name !== undefined) reader.fault('name', 'a start with `on` has no name: it is not for the API');
  const trigger = parseTrigger(reader);
  return trigger && { id: reader.id, type: 'start', trigger, edges: reader.edges };
}

export const executeStart: ExecuteNode<StartNode> = (_node, runs) =>
  runs.map(() => ({ kind: 'leave', edge: 'next' }));
