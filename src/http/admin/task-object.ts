import type { TaskStatus } from '../../importer/index.ts';
import { toTaskData } from '../task-data.ts';
import type { TaskObject } from './contract.ts';

/** A task as /api/admin prints it. */
export function toTaskObject(status: TaskStatus): TaskObject {
  return {
    id: status.taskId,
    database_id: status.databaseId,
    workflow_id: status.workflowId,
    ...toTaskData(status),
  };
}
