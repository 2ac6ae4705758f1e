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

/** The value below which that share (0 to 1) of the values lies, by the nearest rank. @throws {Error} for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('there is nothing to take a percentile of');
  return value;
}
