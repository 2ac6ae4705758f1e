/** Level 6: takes batches in as tasks, imports them in the background, tells how far they have come. */
export { createImporter, type ImporterDeps } from './importer.ts';
export { addRunCounts } from './sql/add-run-counts.ts';
export { purgeTasks } from './sql/purge-tasks.ts';
export { type SubmitDeps, submitTask } from './submit-task.ts';
export {
  getTaskStatus,
  type ItemResult,
  listTasks,
  type TaskCounters,
  type TaskPage,
  type TaskStatus,
} from './task-status.ts';
