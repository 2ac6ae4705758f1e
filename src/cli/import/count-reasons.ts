import type { RowFault } from './failed-rows.ts';
import type { InputRow } from './input-row.ts';

/** Texts name values, so there may be as many as rows: beyond so many only their number counts. */
const MAX_REASONS = 1_000;

export interface Reason {
  readonly state: string;
  readonly field: string;
  /** Of the first row. */
  readonly text: string;
  readonly line: number;
  count: number;
}

/** Counts failed rows by their reason, with one row of each as an example. */
export class ReasonCounter {
  readonly #reasons = new Map<string, Reason>();

  add({ place }: InputRow, { state, field, text }: RowFault): void {
    // What was found differs from row to row, what was expected does not.
    const key = JSON.stringify([state, field, text.replace(/, got .*$/su, '')]);
    const known = this.#reasons.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#reasons.size < MAX_REASONS) {
      this.#reasons.set(key, { state, field, text, line: place, count: 1 });
    }
  }

  /** The most frequent first. */
  list(): Reason[] {
    return [...this.#reasons.values()].sort((left, right) => right.count - left.count);
  }
}
