import type { Db } from '../db/index.ts';
import { RunEvents } from './run-events.ts';
import type { EndedRun } from './sql/ending.ts';

export type RunStatus = 'active' | 'waiting' | 'ended' | 'failed';

/** How the runs of a task have moved; the active ones are what is left of those started. */
export interface RunDelta {
  readonly taskId: string;
  waiting: number;
  ended: number;
  failed: number;
}

/**
 * Adds to the counters of tasks in the transaction that moved their runs. Tasks belong to a room above, which gives
 * this function through app.ts. It locks the task rows, so it comes last in a transaction.
 */
export type AddRunCounts = (tx: Db, deltas: readonly RunDelta[]) => Promise<void>;

/** Collects the moves of one transaction, to be written as one statement. */
export class RunCounts {
  readonly #deltas = new Map<string, RunDelta>();
  /** The runs that start and end by the way; told by whoever holds the moves, before it writes them. */
  readonly events = new RunEvents();

  /** Runs without a task are in no counter. */
  move(taskId: string | null, from: RunStatus, to: RunStatus): void {
    if (taskId === null || from === to) return;
    const delta = this.#deltas.get(taskId) ?? { taskId, waiting: 0, ended: 0, failed: 0 };
    this.#deltas.set(taskId, delta);
    if (from !== 'active') delta[from] -= 1;
    if (to !== 'active') delta[to] += 1;
  }

  /** Notes the end of a run that was ended from outside. */
  end(run: EndedRun): void {
    this.move(run.taskId, run.before, 'ended');
    this.events.end(run);
  }

  /**
   * Takes up deltas in place of `AddRunCounts`: what writes several times in a transaction hands this on, and writes
   * once at the end, so that tasks are locked after everything else.
   */
  readonly add: AddRunCounts = async (_tx, deltas) => {
    for (const { taskId, waiting, ended, failed } of deltas) {
      const sum = this.#deltas.get(taskId) ?? { taskId, waiting: 0, ended: 0, failed: 0 };
      this.#deltas.set(taskId, sum);
      sum.waiting += waiting;
      sum.ended += ended;
      sum.failed += failed;
    }
  };

  async write(tx: Db, addRunCounts: AddRunCounts): Promise<void> {
    const deltas = [...this.#deltas.values()].filter(
      (delta) => delta.waiting !== 0 || delta.ended !== 0 || delta.failed !== 0,
    );
    if (deltas.length > 0) await addRunCounts(tx, deltas);
  }
}
