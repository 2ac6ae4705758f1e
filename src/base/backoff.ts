/**
 * Milliseconds to wait before try number `attempt` (1 = the first repeat): doubles from `firstMs` up to `maxMs`, less
 * up to a fifth at random, so that many that failed together do not come back together.
 */
export function backoffMs(
  attempt: number,
  firstMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (1 - random() / 5));
}
