import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidRequest, MusterError } from '../../base/index.ts';
import { addRunCounts, getTaskStatus } from '../../importer/index.ts';
import { cancelRun, getRun, listRuns, type RunQuery, type RunView } from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { noQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import { type RunObject, run, runPage, runParams, runQuery } from './run-contract.ts';

export function toRunObject(view: RunView): RunObject {
  return {
    id: view.id,
    database_id: view.databaseId,
    profile_id: view.profileId,
    workflow_id: view.workflowId,
    version: view.version,
    task_id: view.taskId,
    item_index: view.itemIndex,
    status: view.status,
    node: view.node,
    since: view.since,
    waits_for: view.waitsFor,
    reason: view.reason,
    started_at: view.startedAt,
    ended_at: view.endedAt,
    steps: view.steps,
    trail: [...view.trail],
    content: view.content,
    custom_data: view.customData,
    attach: [...view.attach],
  };
}

/** @throws {MusterError} 404 also for a run in a database that the token may not see. */
async function findSeen({ db, clock }: HttpDeps, request: FastifyRequest, id: string): Promise<RunView> {
  const found = await getRun(db, id, clock.now());
  if (found === undefined || !sees(request, found.databaseId)) throw noSuch('run', id);
  return found;
}

/** The least id of a run that is started at that time; ids begin with their seconds. */
function idAt(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds.toString(16).padStart(8, '0').padEnd(24, '0');
}

/** Clocks of processes may differ by this much. */
const CLOCK_MARGIN_MS = 120_000;

/** By what the runs of a task are found: its workflow, null = it sends nobody anywhere, and the time in which it started them. */
async function boundsOfTask({ db, clock }: HttpDeps, request: FastifyRequest, taskId: string) {
  const task = await getTaskStatus(db, clock, taskId, { from: 0, limit: 0 });
  if (task === undefined || !sees(request, task.databaseId)) throw noSuch('task', taskId);
  const { acceptedAt, finishedAt, workflowId } = task;
  const from = idAt(acceptedAt.getTime() - CLOCK_MARGIN_MS);
  return {
    workflowId,
    from,
    to: finishedAt === null ? undefined : idAt(finishedAt.getTime() + CLOCK_MARGIN_MS),
  };
}

function addReading(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/runs',
    {
      schema: {
        summary: 'List runs of a workflow, a profile or a task, the newest first',
        querystring: runQuery,
        response: answers(200, runPage),
      },
    },
    async (request) => {
      const {
        workflow_id,
        profile_id: profileId,
        task_id: taskId,
        status,
        node,
        after,
        limit = 100,
      } = request.query;
      if (workflow_id === undefined && profileId === undefined && taskId === undefined) {
        throw invalidRequest('workflow_id', 'expected one of workflow_id, profile_id, task_id');
      }
      const ofTask = taskId === undefined ? undefined : await boundsOfTask(deps, request, taskId);
      const workflowId = workflow_id ?? ofTask?.workflowId ?? undefined;
      // A task that sends nobody into a workflow has no runs.
      if (ofTask?.workflowId === null) return { data: [], next_after: null };
      const { databaseIds } = principalOf(request);
      const ids = { from: ofTask?.from, after: after ?? ofTask?.to };
      const query: RunQuery = {
        workflowId,
        profileId,
        taskId,
        status,
        node,
        ...ids,
        databaseIds,
        limit: limit + 1,
      };
      const found = await listRuns(deps.db, query, deps.clock.now());
      const data = found.slice(0, limit).map(toRunObject);
      return { data, next_after: found.length > limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  app.get(
    '/runs/:id',
    {
      schema: {
        summary: 'Get a run: where it stands, what it waits for, what it has gone through',
        params: runParams,
        querystring: noQuery,
        response: answers(200, run),
      },
    },
    async (request) => toRunObject(await findSeen(deps, request, request.params.id)),
  );
}

/** Runs: list, look, cancel. */
export function addRuns(root: FastifyInstance, deps: HttpDeps): void {
  addReading(root, deps);
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.post(
    '/runs/:id/cancel',
    {
      schema: {
        summary: 'End a run where it stands, and take back its call or message that was not sent',
        params: runParams,
        querystring: noQuery,
        response: answers(200, run),
      },
    },
    async (request) => {
      const found = await findSeen(deps, request, request.params.id);
      const isEnded = await cancelRun(deps.db, found, { now: deps.clock.now(), addRunCounts });
      if (!isEnded) throw new MusterError(409, { detail: `run ${found.id} is over already` });
      return toRunObject(await findSeen(deps, request, found.id));
    },
  );
}
