import { englishSurnames } from '../../demo/data/english-names.ts';
import { russianMen } from '../../demo/data/russian-names.ts';
import type { JsonObject } from '../../src/base/index.ts';

/** The batch of new profiles, and the one that changes the very same. */
export type BatchKind = 'new' | 'existing';

/** Numbers of customers, of which `fill.ts` makes the same ones by SQL. */
export function emailOf(number: number): string {
  return `customer.${number}@example.com`;
}

/** A customer as a batch brings it. After the first visit it moves, and counts further ones; what it is found by stays. */
export function customerOf(number: number, visits = 1): JsonObject {
  return {
    email: emailOf(number),
    phones: `+7${9_000_000_000 + number}`,
    _fname: russianMen[number % russianMen.length] ?? '',
    _lname: englishSurnames[number % englishSurnames.length] ?? '',
    _city: visits === 1 ? 'Казань' : 'Нижний Новгород',
    customer_no: `C-${String(number).padStart(8, '0')}`,
    visits,
  };
}

/** So many numbers from `first` on. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/**
 * A request of `import_and_start_batch_task`, printed before any clock runs.
 * @param visits another number each time: a batch that was sent before is a repeat, and changes nobody.
 */
export function printBatch(workflowId: number, numbers: readonly number[], visits = 1): string {
  const data = numbers.map((number) => ({ data: customerOf(number, visits) }));
  return JSON.stringify({ workflow_id: workflowId, matching: 'email', data });
}
