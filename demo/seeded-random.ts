/** Random choices that are the same for the same seed. */
export interface SeededRandom {
  /** From 0 up to but not including 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in `share` of the cases, 0 to 1. */
  chance(share: number): boolean;
  pick<const T>(choices: readonly [T, ...T[]]): T;
}

/**
 * mulberry32: 32 bits of state, good enough for data that only has to look real. Every profile gets a generator of its
 * own, so that it stays the same whatever comes before it.
 */
export function createSeededRandom(seed: number, stream = 0): SeededRandom {
  // The odd multiplier spreads neighbouring streams over the whole range of states.
  let state = (seed ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (share) => next() < share,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  };
}
