import { type JsonObject, ownValue } from '../../../base/index.ts';
import { submitTask } from '../../../importer/index.ts';
import { findStartTarget } from '../../../workflow/index.ts';
import { requireRight } from '../auth.ts';
import { identifyCall, keepAnswer, refuseRepeat } from '../dedup.ts';
import { successText } from '../envelope.ts';
import type { ApiCall, ApiMethod } from '../method.ts';
import { failure, importAnswer, importBody } from '../schemas.ts';

const name = 'workflows/import_and_start_batch_task';

/** The database of an import is that of its workflow. A workflow that is none is for the importer to refuse. */
async function requireDatabase({ deps, token }: ApiCall, body: JsonObject): Promise<void> {
  const workflowId = ownValue(body, 'workflow_id');
  if (token.databaseIds === null || typeof workflowId !== 'number') return;
  if (!Number.isInteger(workflowId) || workflowId < 1 || workflowId > 2_147_483_647) return;
  const target = await findStartTarget(deps.db, workflowId);
  if (target !== undefined) requireRight(token, ['import'], target.databaseId);
}

/** Stores the profiles as a task and answers with its id; once the answer is sent the task survives any crash. */
export const importAndStartBatchTask: ApiMethod = {
  name,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Import profiles and send them into a workflow; answers at once with a task id',
    body: importBody,
    response: { 200: { anyOf: [importAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, token, body } = call;
    const identity = identifyCall(call, name);
    if (identity !== undefined) await refuseRepeat(deps.db, identity);
    await requireDatabase(call, body);
    const { taskId } = await submitTask(
      {
        db: deps.db,
        clock: deps.clock,
        signals: deps.signals,
        maxItems: deps.config.maxItems,
        retentionDays: deps.config.taskRetentionDays,
        wake: deps.wakeImporter,
      },
      token,
      body,
      async (tx, acceptedId) => {
        if (identity !== undefined) await keepAnswer(tx, identity, successText({ task_id: acceptedId }));
      },
    );
    return successText({ task_id: taskId });
  },
};
