import { groupBy } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type NewEvent, writeEvents } from '../hooks/index.ts';
import type { RunKey } from './sql/select-live-runs-of-profiles.ts';
import { type RunFacts, selectRunFacts } from './sql/select-run-facts.ts';

type RunEventType = 'workflow_start' | 'workflow_end';

function toEvent(run: RunFacts, type: RunEventType): NewEvent {
  const { workflowId, customData, profileId, email, status, reason } = run;
  const data = { workflow_id: workflowId, run_id: run.id, task_id: run.taskId, node: run.node };
  return {
    ...{ type, profileId, email, workflowId, customData, resourceId: null, subscription: null },
    data: type === 'workflow_start' ? data : { ...data, status, reason },
  };
}

interface Told {
  readonly run: RunKey;
  readonly type: RunEventType;
  /** Where the run stood then; undefined = where it is stored to stand. */
  readonly node?: string;
  /** Undefined = to be read. */
  readonly facts: RunFacts | undefined;
}

/** Collects the runs that one transaction starts and ends, to tell of them when all of it is written. */
export class RunEvents {
  readonly #told: Told[] = [];

  /** @param facts as they are to be told; absent = as they are stored when the events are written. */
  start({ slot, id }: RunKey, node: string, facts?: RunFacts): void {
    this.#told.push({ run: { slot, id }, type: 'workflow_start', node, facts });
  }

  /** The same for the end of a run. */
  end({ slot, id }: RunKey, facts?: RunFacts): void {
    this.#told.push({ run: { slot, id }, type: 'workflow_end', facts });
  }

  /**
   * Writes `workflow_start` and `workflow_end` of the runs, all starts first. One statement for each database, and one
   * where facts are to be read.
   */
  async write(tx: Db, now: Date): Promise<void> {
    const all = this.#told.splice(0);
    const told = (['workflow_start', 'workflow_end'] as const).flatMap((type) =>
      all.filter((one) => one.type === type),
    );
    const unread = told.flatMap(({ run, facts }) => (facts === undefined ? [run] : []));
    const read = unread.length === 0 ? new Map<string, RunFacts>() : await selectRunFacts(tx, unread);
    const known = told.flatMap(({ run, type, node, facts = read.get(run.id) }) =>
      facts === undefined ? [] : [{ facts: node === undefined ? facts : { ...facts, node }, type }],
    );
    for (const [databaseId, group] of groupBy(known, ({ facts }) => facts.databaseId)) {
      // Events of one type keep their order.
      await writeEvents(
        tx,
        { databaseId, now },
        group.map(({ facts, type }) => toEvent(facts, type)),
      );
    }
  }
}
