import { englishSurnames } from '../../demo/data/english-names.ts';
import { russianMen } from '../../demo/data/russian-names.ts';
import type { JsonObject } from '../../src/base/index.ts';

/** The batch of new profiles, and the one that changes the very same. */
export type BatchKind = 'new' | 'existing';

/** Numbers of customers, of which `fill.ts` makes the same ones by SQL. */
export function emailOf(number: number): string {
  return `customer.${number}@example.com`;
}

/** A customer as a batch brings it. The second time it moves and counts a visit; what it is found by stays. */
export function customerOf(number: number, kind: BatchKind): JsonObject {
  return {
    email: emailOf(number),
    phones: `+7${9_000_000_000 + number}`,
    _fname: russianMen[number % russianMen.length] ?? '',
    _lname: englishSurnames[number % englishSurnames.length] ?? '',
    _city: kind === 'new' ? 'Казань' : 'Нижний Новгород',
    customer_no: `C-${String(number).padStart(8, '0')}`,
    visits: kind === 'new' ? 1 : 2,
  };
}

/** So many numbers from `first` on. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** A request of `import_and_start_batch_task`, printed before any clock runs. */
export function printBatch(workflowId: number, numbers: readonly number[], kind: BatchKind = 'new'): string {
  const data = numbers.map((number) => ({ data: customerOf(number, kind) }));
  return JSON.stringify({ workflow_id: workflowId, matching: 'email', data });
}
