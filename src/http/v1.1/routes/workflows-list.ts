import { invalidRequest, type JsonObject, ownValue, sameJson } from '../../../base/index.ts';
import { type ListedNode, listNodes, listWorkflows, type Workflow } from '../../../workflow/index.ts';
import { listBody } from '../directory-schemas.ts';
import { dataAndOwnText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { isGiven, readNumber } from '../read-keys.ts';
import { failure, workflowsAnswer } from '../schemas.ts';

const MAX_LIMIT = 1_000;

/** What the platform narrows the list by. Ours have none of it, and the whole list would be a wrong answer. */
const narrowingKeys = ['groups', 'groups_id', 'ui_tags', 'attributes'];

function refuseNarrowing(body: JsonObject): void {
  for (const key of narrowingKeys) {
    const value = ownValue(body, key);
    const isEmpty = !isGiven(value) || sameJson(value, []) || sameJson(value, {});
    if (!isEmpty) throw invalidRequest(key, 'workflows have no groups, tags or attributes here');
  }
}

/** The platform's number of a node; ours are known by texts, which stand beside it. */
function printNode({ id, name, type }: ListedNode, place: number): Record<string, unknown> {
  return { name, type: type === 'send' ? 'campaign' : type, node_id: place, key: id };
}

function printWorkflow(workflow: Workflow, nodes: readonly ListedNode[]): Record<string, unknown> {
  const { id, name, databaseId, active, reentry } = workflow;
  return {
    ...{ id, name, list_id: databaseId, is_active: active, ui_tags: [], groups: [] },
    mode: reentry === 'not_inside' ? 'skip' : reentry,
    nodes: nodes.map(printNode),
  };
}

/** The workflows of the databases that the token may use. */
export const workflowsList: ApiMethod = {
  name: 'workflows/list',
  rights: ['read', 'import'],
  columns: ['id', 'name', 'list_id', 'is_active', 'mode', 'ui_tags', 'groups', 'nodes'],
  schema: {
    tags: ['v1.1'],
    summary: 'List workflows with their nodes by id',
    body: listBody,
    response: { 200: { anyOf: [workflowsAnswer, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    refuseNarrowing(body);
    const fromId = readNumber(body, 'from_id', 1);
    const limit = Math.min(readNumber(body, 'limit', MAX_LIMIT), MAX_LIMIT);
    const { databaseIds } = token;
    const { workflows, total, nextFromId } = await listWorkflows(deps.db, { fromId, limit, databaseIds });
    const nodes = await listNodes(deps.db, workflows);
    const data = workflows.map((workflow) => printWorkflow(workflow, nodes.get(workflow.id) ?? []));
    // Never null: callers go on with it until a page is empty.
    const next = nextFromId ?? (workflows.at(-1)?.id ?? fromId - 1) + 1;
    return dataAndOwnText(data, { next_from_id: next, total });
  },
};
