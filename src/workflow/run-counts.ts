import type { Db } from '../db/index.ts';
import { RunEvents } from './run-events.ts';
import { addNodeCounts, type NodeCount } from './sql/add-node-counts.ts';
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

/** Collects the moves of one transaction, to be written when all else is done: what it locks, everybody wants. */
export class RunCounts {
  readonly #deltas = new Map<string, RunDelta>();
  readonly #passed = new Map<string, NodeCount>();
  #due = 0;
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

  /** How many runs the transaction leaves to the engine: it is worth waking. */
  get due(): number {
    return this.#due;
  }

  leaveDue(runs: number): void {
    this.#due += runs;
  }

  /** Counts runs that have left a node. */
  pass(count: NodeCount): void {
    const key = JSON.stringify([count.workflowId, count.version, count.node, count.outcome]);
    const passed = (this.#passed.get(key)?.passed ?? 0) + count.passed;
    this.#passed.set(key, { ...count, passed });
  }

  /** Takes over what a part of the transaction has collected, when it is sure that the part will not be undone. */
  merge(part: RunCounts): void {
    this.leaveDue(part.due);
    for (const count of part.#passed.values()) this.pass(count);
    this.#sum(part.#deltas.values());
  }

  #sum(deltas: Iterable<RunDelta>): void {
    for (const { taskId, waiting, ended, failed } of deltas) {
      const sum = this.#deltas.get(taskId) ?? { taskId, waiting: 0, ended: 0, failed: 0 };
      this.#deltas.set(taskId, sum);
      sum.waiting += waiting;
      sum.ended += ended;
      sum.failed += failed;
    }
  }

  /**
   * Takes up deltas in place of `AddRunCounts`: what writes several times in a transaction hands this on, and writes
   * once at the end, so that tasks are locked after everything else.
   */
  readonly add: AddRunCounts = async (_tx, deltas) => this.#sum(deltas);

  /** The moves of tasks so far, which the caller writes itself. */
  takeDeltas(): RunDelta[] {
    const deltas = [...this.#deltas.values()].filter(
      (delta) => delta.waiting !== 0 || delta.ended !== 0 || delta.failed !== 0,
    );
    this.#deltas.clear();
    return deltas;
  }

  /** Writes the counts of nodes alone. One statement; none where no run has left a node. */
  async writeNodes(tx: Db): Promise<void> {
    const passed = [...this.#passed.values()];
    this.#passed.clear();
    if (passed.length > 0) await addNodeCounts(tx, passed);
  }

  /** Writes the counts of nodes, then those of tasks: the last locks of the transaction. */
  async write(tx: Db, addRunCounts: AddRunCounts): Promise<void> {
    await this.writeNodes(tx);
    const deltas = this.takeDeltas();
    if (deltas.length > 0) await addRunCounts(tx, deltas);
  }
}
