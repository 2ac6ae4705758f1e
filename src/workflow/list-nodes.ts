import { isJsonObject, type JsonValue, ownValue } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { selectDefinitions } from './sql/select-definitions.ts';
import type { Workflow } from './workflow.ts';

/** A node as lists name it. */
export interface ListedNode {
  readonly id: string;
  /** Its id where it has no name. */
  readonly name: string;
  readonly type: string;
}

function toNode(id: JsonValue | undefined, node: JsonValue): ListedNode[] {
  if (!isJsonObject(node) || typeof id !== 'string') return [];
  const [name, type] = [ownValue(node, 'name'), ownValue(node, 'type')];
  return [{ id, name: typeof name === 'string' ? name : id, type: typeof type === 'string' ? type : '' }];
}

/** A draft may be half done: what is no node yet is left out. */
function nodesOf(definition: JsonValue): ListedNode[] {
  const nodes = isJsonObject(definition) ? ownValue(definition, 'nodes') : undefined;
  if (Array.isArray(nodes)) {
    return nodes.flatMap((node) => toNode(isJsonObject(node) ? ownValue(node, 'id') : undefined, node));
  }
  return isJsonObject(nodes) ? Object.entries(nodes).flatMap(([id, node]) => toNode(id, node)) : [];
}

/**
 * The nodes of workflows in the order of their definitions, by workflow: of the published version, which new runs
 * follow, else of the draft. One statement.
 */
export async function listNodes(
  db: Db,
  workflows: readonly Workflow[],
): Promise<Map<number, readonly ListedNode[]>> {
  const published = await selectDefinitions(
    db,
    workflows.map(({ id }) => id),
  );
  return new Map(workflows.map(({ id, definition }) => [id, nodesOf(published.get(id) ?? definition)]));
}
