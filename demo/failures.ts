import type { TaskData } from '../src/http/admin/contract.ts';

export interface FailureGroup {
  readonly rows: number;
  readonly code: number;
  /** Of the first of them. */
  readonly text: string;
  /** Place of the first of them in the request, from 0. */
  readonly firstRow: number;
}

type ItemResult = NonNullable<TaskData['result']>['result'][number];

/** Texts differ in the value at fault, which comes last; what stands before it is the reason. */
function reasonOf(text: string): string {
  return text.split(', got ')[0] ?? text;
}

/** Failed rows by code, field and reason; the most frequent first, then in the order of the request. */
export function groupFailures(results: readonly ItemResult[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const [index, result] of results.entries()) {
    if (!('error' in result)) continue;
    const key = `${result.error} ${result.field ?? ''} ${reasonOf(result.error_text)}`;
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { rows: 1, code: result.error, text: result.error_text, firstRow: index });
    } else {
      groups.set(key, { ...known, rows: known.rows + 1 });
    }
  }
  return [...groups.values()].sort((left, right) => right.rows - left.rows || left.firstRow - right.firstRow);
}
