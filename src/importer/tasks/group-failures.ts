import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { RowError } from '../../profiles/index.ts';
import { selectTaskSource } from '../sql/select-task-source.ts';
import type { Permit } from './cancel-task.ts';
import { walkItems } from './walk-items.ts';

/** Failed items of a task that have one reason. */
export interface FailureGroup {
  readonly code: number;
  /** Undefined = the item as a whole. */
  readonly field: string | undefined;
  /** Without the value at fault. */
  readonly reason: string;
  readonly count: number;
  /** The first ones, in the order of the request. */
  readonly examples: readonly FailureExample[];
}

export interface FailureExample {
  readonly item: number;
  readonly text: string;
  /** The item as it was sent. */
  readonly row: JsonValue;
}

export interface Failures {
  /** The most frequent first. */
  readonly groups: readonly FailureGroup[];
  /** Items that failed for reasons beyond the first ones that there is room for. */
  readonly others: number;
}

const EXAMPLES = 3;
/** More reasons than this nobody reads; each holds its examples in memory. */
const MAX_GROUPS = 100;
const SETTLED = new Set(['settled'] as const);

/** Texts differ in the value at fault, which comes last; what stands before it is the reason. */
function reasonOf(text: string): string {
  return text.split(', got ')[0] ?? text;
}

interface OpenGroup extends FailureGroup {
  count: number;
  readonly examples: FailureExample[];
}

class Groups {
  readonly #groups = new Map<string, OpenGroup>();
  #others = 0;

  add(index: number, item: JsonValue, { code, field, text }: RowError): void {
    const reason = reasonOf(text);
    const key = `${code} ${field ?? ''} ${reason}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size === MAX_GROUPS) {
        this.#others += 1;
        return;
      }
      group = { code, field, reason, count: 0, examples: [] };
      this.#groups.set(key, group);
    }
    group.count += 1;
    if (group.examples.length < EXAMPLES) group.examples.push({ item: index, text, row: item });
  }

  close(): Failures {
    const groups = [...this.#groups.values()].sort((left, right) => right.count - left.count);
    return { groups, others: this.#others };
  }
}

/**
 * The failed items of a task by reason, also while it runs. Reads its chunks one after the other, in memory that does
 * not grow with the task.
 * @returns undefined when there is no such task, or not for this caller.
 */
export async function groupFailures(db: Db, taskId: string, permit: Permit): Promise<Failures | undefined> {
  const task = await selectTaskSource(db, taskId);
  if (task === undefined || !permit(task.databaseId)) return undefined;
  const groups = new Groups();
  let left = task.failed;
  // Once all are found nothing more is read: of a task without any, nothing at all.
  if (left === 0) return groups.close();
  for await (const { row, result } of walkItems(db, taskId, 0, SETTLED)) {
    if (result === undefined || !('fault' in result)) continue;
    groups.add(row.index, 'item' in row ? row.item : null, result.fault);
    left -= 1;
    if (left === 0) break;
  }
  return groups.close();
}
