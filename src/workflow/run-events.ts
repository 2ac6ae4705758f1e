import { groupBy } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type NewEvent, writeEvents } from '../hooks/index.ts';
import type { RunKey } from './sql/select-live-runs-of-profiles.ts';
import { type RunFacts, selectRunFacts } from './sql/select-run-facts.ts';

function toEvent(run: RunFacts, type: 'workflow_start' | 'workflow_end'): NewEvent {
  const { workflowId, customData, profileId, email, status, reason } = run;
  const data = { workflow_id: workflowId, run_id: run.id, task_id: run.taskId, node: run.node };
  return {
    ...{ type, profileId, email, workflowId, customData, resourceId: null, subscription: null },
    data: type === 'workflow_start' ? data : { ...data, status, reason },
  };
}

/** Collects the runs that one transaction starts and ends, to tell of them when all of it is written. */
export class RunEvents {
  readonly #started: RunKey[] = [];
  readonly #ended: RunKey[] = [];

  start({ slot, id }: RunKey): void {
    this.#started.push({ slot, id });
  }

  end({ slot, id }: RunKey): void {
    this.#ended.push({ slot, id });
  }

  /** Writes `workflow_start` and `workflow_end` of the runs, as they are stored by now. One statement besides. */
  async write(tx: Db, now: Date): Promise<void> {
    const [started, ended] = [this.#started.splice(0), this.#ended.splice(0)];
    if (started.length + ended.length === 0) return;
    const facts = await selectRunFacts(tx, [...started, ...ended]);
    const told = [
      ...started.map((run) => ({ run: facts.get(run.id), type: 'workflow_start' as const })),
      ...ended.map((run) => ({ run: facts.get(run.id), type: 'workflow_end' as const })),
    ].flatMap(({ run, type }) => (run === undefined ? [] : [{ run, type }]));
    for (const [databaseId, group] of groupBy(told, ({ run }) => run.databaseId)) {
      const events = group.map(({ run, type }) => toEvent(run, type));
      await writeEvents(tx, { databaseId, now }, events);
    }
  }
}
