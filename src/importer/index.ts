/** Level 6: takes batches in as tasks or at once, imports them, tells how far tasks have come. */

export { requireRoom } from './backlog.ts';
export { cancelTask, type Permit } from './cancel-task.ts';
export { type DeleteDeps, deleteProfile } from './delete-profile.ts';
export { chooseOneSubscription, deleteSubscription } from './delete-subscription.ts';
export { matchingModes } from './envelope.ts';
export { type FoundProfile, findOneProfile } from './find-one.ts';
export { type ImportNowDeps, importNow } from './import-now.ts';
export type { ImportedRow } from './import-rows.ts';
export { type ImportRules, importRules } from './import-rules.ts';
export { createImporter, type ImporterDeps } from './importer.ts';
export { type ItemResult, toItemResult } from './item-result.ts';
export { type ItemState, itemStates, stateOfFault } from './item-state.ts';
export { type MoveDeps, type MovedMembers, moveMembers } from './move-members.ts';
export { itemErrorCodes, readCodes } from './parse-retry.ts';
export type { Authorize } from './prepare-import.ts';
export {
  type ReportFilter,
  type ReportPage,
  type ReportRow,
  reportColumns,
  reportTask,
  streamReport,
} from './report-task.ts';
export { type RetryOutcome, retryFailed } from './retry-failed.ts';
export { addRunCounts } from './sql/add-run-counts.ts';
export { purgeOpenTasks } from './sql/purge-open-tasks.ts';
export { purgeTasks } from './sql/purge-tasks.ts';
export { type TaskState, taskStates } from './sql/select-tasks.ts';
export { type StreamDeps, type StreamedTask, streamTask } from './stream-task.ts';
export { type SubmitDeps, submitTask } from './submit-task.ts';
export {
  getTaskStatus,
  listTasks,
  type TaskCounters,
  type TaskPage,
  type TaskStatus,
} from './task-status.ts';
