/**
 * Level 6: takes batches in as tasks or at once, imports them, tells how far tasks have come. `requests/` checks what was
 * sent as a whole, `rows/` imports a batch of rows in the transaction of a caller, `tasks/` stores, works off, reports and
 * mends tasks, `now/` does it while the caller waits.
 */

export { checkTasks } from './check-tasks.ts';
export { type DeleteDeps, deleteProfile } from './now/delete-profile.ts';
export { chooseOneSubscription, deleteSubscription } from './now/delete-subscription.ts';
export { type FoundProfile, findOneProfile } from './now/find-one.ts';
export { type ImportNowDeps, importNow } from './now/import-now.ts';
export { type MoveDeps, type MovedMembers, moveMembers } from './now/move-members.ts';
export { matchingModes } from './requests/envelope.ts';
export { type ImportRules, importRules } from './requests/import-rules.ts';
export { itemErrorCodes, readCodes } from './requests/parse-retry.ts';
export type { Authorize } from './requests/prepare-import.ts';
export type { ImportedRow } from './rows/import-rows.ts';
export { type ItemResult, toItemResult } from './rows/item-result.ts';
export { type ItemState, itemStates, stateOfFault } from './rows/item-state.ts';
export { addRunCounts } from './sql/add-run-counts.ts';
export { purgeOpenTasks } from './sql/purge-open-tasks.ts';
export { purgeTasks } from './sql/purge-tasks.ts';
export { type TaskQuery, type TaskState, taskStates } from './sql/select-tasks.ts';
export { requireRoom } from './tasks/backlog.ts';
export { cancelTask, type Permit } from './tasks/cancel-task.ts';
export { RowEraser } from './tasks/empty-rows.ts';
export { type FailureGroup, type Failures, groupFailures } from './tasks/group-failures.ts';
export { createImporter, type ImporterDeps } from './tasks/importer.ts';
export {
  type ReportFilter,
  type ReportPage,
  type ReportRow,
  reportColumns,
  reportTask,
  streamReport,
} from './tasks/report-task.ts';
export { type RetryOutcome, retryFailed } from './tasks/retry-failed.ts';
export { rulesForStream, type StreamDeps, type StreamedTask, streamTask } from './tasks/stream-task.ts';
export { type SubmitDeps, submitTask } from './tasks/submit-task.ts';
export {
  getTaskStatus,
  getTaskStatuses,
  listTasks,
  type TaskCounters,
  type TaskPage,
  type TaskStatus,
} from './tasks/task-status.ts';
