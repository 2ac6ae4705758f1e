import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { isObject, type JsonValue, MusterError } from '../../base/index.ts';
import {
  type DefinitionFault,
  findFaults,
  getWorkflow,
  listVersions,
  nodeSchemas,
  nodeTypes,
  type TrialEffect,
  tryRun,
  type Workflow,
} from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { sees } from './auth.ts';
import { idParams, noQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import {
  type NodeTypeObject,
  nodeTypeList,
  type TestStepObject,
  testRun,
  testRunBody,
  versionPage,
  versionQuery,
  type WorkflowFault,
  workflowCheck,
  workflowFaults,
} from './workflow-contract.ts';

function textAt(schema: TSchema, key: string): string | undefined {
  const value: unknown = isObject(schema) ? schema[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

type Output = NodeTypeObject['outputs'][number];

function toOutput(key: string, schema: TSchema): Output[] {
  const outcome = textAt(schema, 'x-edge');
  return outcome === undefined ? [] : [{ key, outcome, description: textAt(schema, 'description') ?? '' }];
}

/** Schemas with the edges apart: they are drawn, not filled in. */
const described: readonly NodeTypeObject[] = nodeTypes.map((type) => {
  const schema = nodeSchemas[type];
  const { properties, required = [] } = schema;
  const entries = Object.entries(properties);
  const outputs = entries.flatMap(([key, property]) => toOutput(key, property));
  const isSplit = type === 'split';
  const edges = new Set(outputs.map(({ key }) => key));
  return {
    type,
    description: textAt(schema, 'description') ?? '',
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.filter(([key]) => !edges.has(key))),
      required: required.filter((key) => !edges.has(key)),
    },
    outputs: isSplit ? [{ key: 'branches[].next', outcome: 'branch', description: '' }] : outputs,
  };
});

/** `nodes.check.filter.x` as a fault of the node `check` at `filter.x`. */
function toFault(definition: JsonValue, { path, message }: DefinitionFault): WorkflowFault {
  const [, byIndex, after = ''] = /^nodes\[(\d+)\]\.?(.*)$/s.exec(path) ?? [];
  if (byIndex !== undefined) {
    const nodes = isObject(definition) ? definition['nodes'] : undefined;
    const node: unknown = Array.isArray(nodes) ? nodes[Number(byIndex)] : undefined;
    const nodeId = isObject(node) && typeof node['id'] === 'string' ? node['id'] : null;
    return { node: nodeId, path: after, message };
  }
  const [, node, within = ''] = /^nodes\.([A-Za-z0-9_-]+)\.?(.*)$/s.exec(path) ?? [];
  return node === undefined ? { node: null, path, message } : { node, path: within, message };
}

function toEffect(effect: TrialEffect | null): TestStepObject['effect'] {
  if (effect?.kind !== 'message')
    return effect === null ? null : { ...effect, headers: { ...effect.headers } };
  const { templateId, senderId, ...rest } = effect;
  return { ...rest, template_id: templateId, sender_id: senderId };
}

async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Workflow> {
  const stored = await getWorkflow(deps.db, id);
  if (!sees(request, stored.databaseId)) throw noSuch('workflow', id);
  return stored;
}

function addChecks(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/workflows/node-types',
    {
      schema: {
        summary: 'What each type of node is told, as JSON Schema, and by which ways runs leave it',
        querystring: noQuery,
        response: answers(200, nodeTypeList),
      },
    },
    async () => ({ data: [...described] }),
  );

  app.post(
    '/workflows/check',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'Everything that would keep a definition from being published',
        querystring: noQuery,
        body: workflowCheck,
        response: answers(200, workflowFaults),
      },
    },
    async (request) => {
      const { database_id: databaseId, workflow_id: id = 0, definition } = request.body;
      if (!sees(request, databaseId)) throw noSuch('database', databaseId);
      if (id !== 0) {
        const stored = await findSeen(deps, request, id);
        if (stored.databaseId !== databaseId) {
          const detail = `database_id: workflow ${id} belongs to another database`;
          throw new MusterError(400, { field: 'database_id', detail });
        }
      }
      const { faults } = await findFaults(deps.db, { id, databaseId, definition });
      return { faults: faults.map((fault) => toFault(definition, fault)) };
    },
  );
}

/** What editors of workflows need beyond reading and writing them. */
export function addWorkflowTools(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  addChecks(root, deps);

  app.get(
    '/workflows/:id/versions',
    {
      schema: {
        summary: 'List the published versions of a workflow, the latest first',
        params: idParams,
        querystring: versionQuery,
        response: answers(200, versionPage),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const { after: before = null, limit = 100 } = request.query;
      const found = await listVersions(deps.db, id, { before, limit: limit + 1 });
      const data = found.slice(0, limit).map(({ version, publishedAt, publishedBy, definition }) => ({
        ...{ version, definition },
        published_at: publishedAt.toISOString(),
        published_by: publishedBy,
      }));
      return { data, next_after: found.length > limit ? (data.at(-1)?.version ?? null) : null };
    },
  );

  app.post(
    '/workflows/:id/test-run',
    {
      config: { action: null },
      schema: {
        summary: 'Walk a workflow with one profile, step by step, and send and change nothing',
        description:
          'The draft, or the definition in the body. `choices` says how calls, messages and waits turn out.',
        params: idParams,
        querystring: noQuery,
        body: testRunBody,
        response: answers(200, testRun),
      },
    },
    async (request) => {
      const { id, databaseId, definition } = await findSeen(deps, request, request.params.id);
      const { profile_id: profileId, content = {}, definition: given, choices = {} } = request.body;
      const answersOf = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value ?? null));
      const trial = {
        ...{ workflowId: id, databaseId, profileId, content, definition: given ?? definition },
        choices: Object.fromEntries(
          Object.entries(choices).map(([node, { edge, answer }]) => [
            node,
            { edge, answer: answersOf(answer) },
          ]),
        ),
      };
      const { steps, ...result } = await tryRun(deps.db, trial, deps.clock.now());
      return { ...result, steps: steps.map((step) => ({ ...step, effect: toEffect(step.effect) })) };
    },
  );
}
