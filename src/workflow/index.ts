/** Level 5: workflows, their versions, the runs that walk them and the API calls that runs make. */

export { type CallDecision, callDecisions, getCall, listCalls, resolveCall } from './calls/calls.ts';
export { createCallDispatcher } from './calls/dispatcher.ts';
export type { DispatcherDeps } from './calls/dispatcher-deps.ts';
export { hostKey } from './calls/host-budget.ts';
export { createResumeWalks, type ResumeWalkDeps } from './calls/resume-walk.ts';
export type { WriteCallEvents } from './calls/settle-outcomes.ts';
export { cancelRun } from './cancel-run.ts';
export { type ChangeCause, changeEvents } from './change-events.ts';
export { countNodes, type NodeCounts } from './count-nodes.ts';
export { checkRuns } from './doctor.ts';
export { clearWorkflow, endRunsOfProfiles } from './end-runs.ts';
export { createEngine, type EngineDeps } from './engine/engine.ts';
export { createFirstWalks, type FirstWalk, type FirstWalkDeps } from './engine/first-walk.ts';
export { type ListedNode, listNodes } from './list-nodes.ts';
export { type DefinitionFault, type NodeType, nodeTypes } from './nodes/node-base.ts';
export { nodeSchemas } from './nodes/node-schemas.ts';
export { pauseWorkflow, resumeWorkflow, stopWorkflow } from './pause-workflow.ts';
export { DefinitionError, findFaults, publishWorkflow } from './publish-workflow.ts';
export { resumeWaiting } from './resume-waiting.ts';
export { type AddRunCounts, RunCounts, type RunDelta } from './run-counts.ts';
export { createRunPort, type RunPortDeps } from './run-port.ts';
export { getRun, listRuns, type RunView, type RunWait } from './run-views.ts';
export { seedFirstStart } from './seed-first-start.ts';
export { countRuns, type RunSums } from './sql/count-runs.ts';
export { findStartTarget, type StartTarget } from './sql/find-start-target.ts';
export { findStuckRuns, type StuckRun } from './sql/find-stuck-runs.ts';
export { findTaskRuns, type TaskRun } from './sql/find-task-runs.ts';
export { createRunContext } from './sql/insert-run-context.ts';
export { type ListedVersion, listVersions } from './sql/list-versions.ts';
export { purgeCalls } from './sql/purge-calls.ts';
export { type CallSearch, type CallState, callStates, type ListedCall } from './sql/select-calls.ts';
export { selectCustomData } from './sql/select-custom-data.ts';
export { selectPausedWorkflows } from './sql/select-paused-workflows.ts';
export { selectRunScopes } from './sql/select-run-scopes.ts';
export type { RunQuery } from './sql/select-runs.ts';
export type { EndedCall } from './sql/settle-calls.ts';
export {
  type RunStart,
  requireDefaultStart,
  type StartOutcome,
  startRuns,
  type WalkNewRuns,
} from './start-runs.ts';
export type { TrailStep } from './trail.ts';
export { type Trial, type TrialChoice, type TrialEffect, type TrialResult, tryRun } from './trial/try-run.ts';
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
