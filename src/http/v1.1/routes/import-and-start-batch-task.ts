import { importNow, importRules, requireRoom, submitTask } from '../../../importer/index.ts';
import { beginChange } from '../dedup.ts';
import { dataText, successText } from '../envelope.ts';
import { authorizeImport, forecastOf, importDeps, isDryRun } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { failure, importAnswer, importBody } from '../schemas.ts';

const rules = importRules.importAndStartBatchTask;

/** Stores the profiles as a task and answers with its id; once the answer is sent the task survives any crash. */
export const importAndStartBatchTask: ApiMethod = {
  name: rules.method,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Import profiles and send them into a workflow; answers at once with a task id',
    body: importBody(rules),
    response: { 200: { anyOf: [importAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, token, body } = call;
    const { db, clock, signals, config } = deps;
    const authorize = authorizeImport(call);
    if (isDryRun(call)) {
      const { rows } = await importNow(importDeps(deps), token, body, rules, authorize, async () => {});
      return dataText(forecastOf(rows));
    }
    const keep = await beginChange(call, rules.method);
    await requireRoom(db, clock, config.maxWaitingRows);
    const { taskId } = await submitTask(
      {
        ...{ db, clock, signals, maxItems: config.maxItems },
        retentionDays: config.taskRetentionDays,
        wake: deps.wakeImporter,
      },
      token,
      body,
      rules,
      authorize,
      async (tx, acceptedId) => {
        await keep(tx, successText({ task_id: acceptedId }));
      },
    );
    return successText({ task_id: taskId });
  },
};
