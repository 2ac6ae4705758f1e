import type { Clock } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { objectIn, textIn } from '../remote/read-answer.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { ServerRefusal } from '../remote/server-refusal.ts';
import { type Counters, readCounters } from './counters.ts';
import type { Journal } from './journal.ts';

export const WATCH_PAUSE_MS = 1_000;
/** The oldest tasks are worked off first, so those behind some that are under way need not be asked for. */
const ASKED_AT_ONCE = 4;

const endStates: readonly string[] = ['completed', 'failed', 'cancelled'];

/** How far a task has come, without its results. */
export async function readTask(
  client: ServerClient,
  taskId: string,
): Promise<{ status: string; hasEnded: boolean; counters: Counters }> {
  const answer = await client.call('tasks/status', { task_id: taskId, result_limit: 0 });
  const data = objectIn(answer, 'data');
  const status = textIn(data, 'status');
  return { status, hasEnded: endStates.includes(status), counters: readCounters(objectIn(data, 'counters')) };
}

/** Follows the tasks of a journal until all of them have ended, those too that are still to come. */
export class BatchWatcher {
  readonly #journal: Journal;
  /** Of tasks that are under way, as they were when asked last. */
  readonly #seen = new Map<number, Counters>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What is known of all batches. */
  counters(): Counters[] {
    const ended = [...this.#journal.records.values()].flatMap(({ counters }) =>
      counters === undefined ? [] : [counters],
    );
    return [...ended, ...this.#seen.values()];
  }

  #open(): { batch: number; taskId: string }[] {
    return [...this.#journal.records]
      .flatMap(([batch, { taskId, counters }]) =>
        taskId === undefined || counters !== undefined ? [] : [{ batch, taskId }],
      )
      .sort((left, right) => left.batch - right.batch);
  }

  /** Asks for the oldest, until some are found that have not ended. @returns whether all that are known have. */
  async look(client: ServerClient): Promise<boolean> {
    let underWay = 0;
    for (const { batch, taskId } of this.#open()) {
      const { hasEnded, counters } = await readTask(client, taskId).catch((thrown: unknown) => {
        if (!(thrown instanceof ServerRefusal) || thrown.status !== 404) throw thrown;
        throw new CliError(
          `task ${taskId} of batch ${batch + 1} is not on the server any more (journal ${this.#journal.path})`,
          'tasks are kept for some weeks; --restart imports the whole file again',
        );
      });
      this.#seen.set(batch, counters);
      if (hasEnded) {
        await this.#journal.end(batch, counters);
        this.#seen.delete(batch);
      } else underWay += 1;
      if (underWay === ASKED_AT_ONCE) break;
    }
    return this.#open().length === 0;
  }

  /** @param isLast whether no more tasks will come; asked before each look. */
  async watch(
    client: ServerClient,
    clock: Clock,
    signal: AbortSignal,
    isLast: () => boolean,
    onLook: () => void,
  ): Promise<void> {
    while (!signal.aborted) {
      const wasLast = isLast();
      const areDone = await this.look(client);
      onLook();
      if (wasLast && areDone) return;
      await clock.sleep(WATCH_PAUSE_MS, signal);
    }
  }
}
