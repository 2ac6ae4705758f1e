/** How numbers look in the demo's and the benchmark's output. */

/** 10100 as 10,100. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Milliseconds as seconds, `0.21 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** Things per second, none when no time has passed. */
export function perSecond(count: number, ms: number): string {
  return ms <= 0 ? 'no time' : `${grouped((count * 1000) / ms)} per second`;
}
