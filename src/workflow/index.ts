/** Level 5: workflows, their versions, the runs that walk them and the API calls that runs make. */
export { createCallDispatcher, type DispatcherDeps } from './calls/dispatcher.ts';
export { countNodes, type NodeCounts } from './count-nodes.ts';
export { clearWorkflow, endRunsOfProfiles } from './end-runs.ts';
export { createEngine, type EngineDeps } from './engine/engine.ts';
export { type ListedNode, listNodes } from './list-nodes.ts';
export { DefinitionError, publishWorkflow } from './publish-workflow.ts';
export { type AddRunCounts, RunCounts, type RunDelta } from './run-counts.ts';
export { seedFirstStart } from './seed-first-start.ts';
export { findStartTarget, type StartTarget } from './sql/find-start-target.ts';
export { findTaskRuns, type TaskRun } from './sql/find-task-runs.ts';
export { createRunContext } from './sql/insert-run-context.ts';
export { purgeCalls } from './sql/purge-calls.ts';
export { type RunStart, requireDefaultStart, type StartOutcome, startRuns } from './start-runs.ts';
export type { EnteredSegments } from './triggers/match-changes.ts';
export {
  type SegmentsEntered,
  type StoppedStarts,
  startTriggered,
  type TriggerBatch,
  type TriggerFigures,
} from './triggers/start-triggered.ts';
export { type Reentry, reentryModes, type Workflow } from './workflow.ts';
export {
  createWorkflow,
  getWorkflow,
  listWorkflows,
  setWorkflowActive,
  updateWorkflow,
  type WorkflowPage,
} from './workflows.ts';
