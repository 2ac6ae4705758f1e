import { englishSurnames } from '../demo/data/english-names.ts';
import { russianMen } from '../demo/data/russian-names.ts';

/** The batch of new profiles, and the one that changes the very same. */
export type BatchKind = 'new' | 'existing';

/**
 * The request of a round, printed. Every round has customers of its own. The second batch moves them and counts a
 * visit, so that every profile changes while what it is found by stays.
 */
export function printBatch(kind: BatchKind, round: number, rows: number, workflowId: number): string {
  const data = Array.from({ length: rows }, (_, index) => {
    const number = round * rows + index;
    return {
      data: {
        email: `customer.${number}@example.com`,
        phones: `+7${9_000_000_000 + number}`,
        _fname: russianMen[number % russianMen.length],
        _lname: englishSurnames[number % englishSurnames.length],
        _city: kind === 'new' ? 'Казань' : 'Нижний Новгород',
        customer_no: `C-${String(number).padStart(8, '0')}`,
        visits: kind === 'new' ? 1 : 2,
      },
    };
  });
  return JSON.stringify({ workflow_id: workflowId, matching: 'email', data });
}
