import { itemStates, readCodes, reportColumns, reportTask } from '../../../importer/index.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, reportAnswer, reportBody } from '../schemas.ts';
import { noSuchTask, permitOf, readCount, readTaskId, readWords } from '../task-call.ts';

const rights = ['import', 'read'] as const;
const PAGE = 1_000;
const MAX_PAGE = 10_000;

/** The items of a task with their states, reasons, rows and runs; also while the task runs. */
export const tasksReport: ApiMethod = {
  name: 'tasks/report',
  rights,
  columns: reportColumns,
  schema: {
    tags: ['v1.1'],
    summary: 'What became of each item of a task',
    body: reportBody,
    response: { 200: { anyOf: [reportAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, body } = call;
    const page = await reportTask(deps.db, readTaskId(body), permitOf(call, rights), {
      from: readCount(body, 'from', 0),
      limit: Math.max(1, readCount(body, 'limit', PAGE, MAX_PAGE)),
      states: readWords(body, 'states', itemStates),
      codes: readCodes(body),
    });
    if (page === undefined) throw noSuchTask();
    return dataText(page.rows, { next_from: page.nextFrom ?? null });
  },
};
