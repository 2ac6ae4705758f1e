export interface Stats {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {Error} for no values. */
export function summarise(values: readonly number[]): Stats {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new Error('there is nothing to summarise');
  }
  return { median: (low + high) / 2, min, max };
}
