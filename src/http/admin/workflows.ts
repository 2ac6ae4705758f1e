import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MusterError } from '../../base/index.ts';
import { addRunCounts } from '../../importer/index.ts';
import {
  countNodes,
  countRuns,
  createWorkflow,
  getWorkflow,
  listWorkflows,
  pauseWorkflow,
  publishWorkflow,
  resumeWorkflow,
  setWorkflowActive,
  stopWorkflow,
  updateWorkflow,
  type Workflow,
} from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import {
  idParams,
  nodeCounts,
  noQuery,
  page,
  type WorkflowObject,
  workflow,
  workflowBody,
  workflowPatch,
  workflowQuery,
  workflowStop,
} from './contract.ts';
import { answers, noSuch } from './routes.ts';
import { runSums, runSumsQuery } from './workflow-contract.ts';

function toObject(stored: Workflow): WorkflowObject {
  return {
    id: stored.id,
    name: stored.name,
    database_id: stored.databaseId,
    reentry: stored.reentry,
    definition: stored.definition,
    active: stored.active,
    paused_at: stored.pausedAt?.toISOString() ?? null,
    published_version: stored.publishedVersion,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}

function noSuchDatabase(id: number): MusterError {
  const detail = `database_id: there is no database ${id}`;
  return new MusterError(404, { field: 'database_id', detail });
}

/** @throws {MusterError} 404 also for a workflow that belongs to a database the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Workflow> {
  const stored = await getWorkflow(deps.db, id);
  if (!sees(request, stored.databaseId)) throw noSuch('workflow', id);
  return stored;
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/workflows',
    {
      schema: {
        summary: 'List workflows by id',
        querystring: workflowQuery,
        response: answers(200, page(workflow)),
      },
    },
    async (request) => {
      const { database_id: databaseId, from_id: fromId = 1, limit = 100 } = request.query;
      if (databaseId !== undefined && !sees(request, databaseId)) throw noSuchDatabase(databaseId);
      const databaseIds = databaseId === undefined ? principalOf(request).databaseIds : [databaseId];
      const found = await listWorkflows(deps.db, { fromId, limit, databaseIds });
      return { data: found.workflows.map(toObject), next_from_id: found.nextFromId, total: found.total };
    },
  );
}

function addWriting(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.post(
    '/workflows',
    {
      schema: {
        summary: 'Make a workflow; it takes profiles once it is published and active',
        querystring: noQuery,
        body: workflowBody,
        response: answers(201, workflow),
      },
    },
    async (request, reply) => {
      const { name, database_id: databaseId, reentry = 'never', definition } = request.body;
      if (!sees(request, databaseId)) throw noSuchDatabase(databaseId);
      const created = await createWorkflow(db, clock, { name, databaseId, reentry, definition });
      return reply.code(201).send(toObject(created));
    },
  );

  app.get(
    '/workflows/:id',
    {
      schema: {
        summary: 'Get a workflow with its draft',
        params: idParams,
        querystring: noQuery,
        response: answers(200, workflow),
      },
    },
    async (request) => toObject(await findSeen(deps, request, request.params.id)),
  );

  app.patch(
    '/workflows/:id',
    {
      schema: {
        summary: 'Change name, re-entry mode or draft; published versions stay as they are',
        params: idParams,
        querystring: noQuery,
        body: workflowPatch,
        response: answers(200, workflow),
      },
    },
    async (request) => {
      await findSeen(deps, request, request.params.id);
      return toObject(await updateWorkflow(db, clock, request.params.id, request.body));
    },
  );
}

function addActions(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;
  const actions: [string, string, (id: number, by: string) => Promise<Workflow>][] = [
    [
      'publish',
      'Check the draft and freeze it as the next version',
      (id, by) => publishWorkflow(db, clock, id, by),
    ],
    ['activate', 'Let the workflow take profiles', (id) => setWorkflowActive(db, clock, id, true)],
    [
      'deactivate',
      'Take no more profiles; runs inside go on',
      (id) => setWorkflowActive(db, clock, id, false),
    ],
    [
      'pause',
      'Keep the runs inside where they are; new profiles still enter, and wait',
      (id) => pauseWorkflow(db, clock, id),
    ],
    [
      'resume',
      'Let the runs inside go on, and make due what was held meanwhile',
      async (id) => {
        const resumed = await resumeWorkflow(db, clock, id);
        deps.wakeMessages();
        deps.wakeEngine();
        return resumed;
      },
    ],
  ];
  for (const [action, summary, run] of actions) {
    app.post(
      `/workflows/:id/${action}`,
      { schema: { summary, params: idParams, querystring: noQuery, response: answers(200, workflow) } },
      async (request) => {
        await findSeen(deps, request, request.params.id);
        return toObject(await run(request.params.id, principalOf(request).name));
      },
    );
  }

  app.post(
    '/workflows/:id/stop',
    {
      schema: {
        summary: 'Take no more profiles, and let the runs inside finish or end them now',
        params: idParams,
        querystring: noQuery,
        body: workflowStop,
        response: answers(200, workflow),
      },
    },
    async (request) => {
      const { id } = request.params;
      await findSeen(deps, request, id);
      const { runs } = request.body;
      return toObject(await stopWorkflow(db, clock, id, { runs, addRunCounts }));
    },
  );
}

function addCounts(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;

  app.get(
    '/workflows/counts',
    {
      schema: {
        summary: 'How many runs are inside of workflows, and how many have failed',
        querystring: runSumsQuery,
        response: answers(200, runSums),
      },
    },
    async (request) => {
      const ids = request.query.ids.split(',').map(Number);
      const sums = await countRuns(db, ids, principalOf(request).databaseIds);
      return { data: sums.map(({ workflowId, ...counts }) => ({ workflow_id: workflowId, ...counts })) };
    },
  );

  app.get(
    '/workflows/:id/counts',
    {
      schema: {
        summary: 'Where the runs are and have been, by version and node',
        params: idParams,
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(nodeCounts) })),
      },
    },
    async (request) => {
      await findSeen(deps, request, request.params.id);
      return { data: await countNodes(db, request.params.id) };
    },
  );
}

/** Workflows: draft, publish, switch on and off, pause, stop, count. */
export function addWorkflows(app: FastifyInstance, deps: HttpDeps): void {
  addList(app, deps);
  addWriting(app, deps);
  addActions(app, deps);
  addCounts(app, deps);
}
