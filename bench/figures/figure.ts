import type { JsonObject } from '../../src/base/index.ts';
import type { Stats } from './stats.ts';

/** `/s` = things in a second, `MB` = 10^6 bytes, `ratio` = one measured thing over another. */
export type Unit = 'ratio' | 'ms' | 'MB' | '/s';

/** What a figure is to reach: at least, or at most, so much of its unit. */
export interface Reach {
  readonly bound: 'least' | 'most';
  readonly value: number;
}

export function atLeast(value: number): Reach {
  return { bound: 'least', value };
}

export function atMost(value: number): Reach {
  return { bound: 'most', value };
}

/** One thing that was measured, over all rounds that count. */
export interface Reading {
  readonly label: string;
  readonly unit: Unit;
  readonly stats: Stats;
  /** Where `stats` is a time: how many things a second that is at the median; else absent. */
  readonly perSecond?: number;
}

/** What is measured, before it is. */
export interface FigureSpec {
  /** Such as `import.new`: the measure, and what of it. */
  readonly name: string;
  readonly title: string;
  /** The yardstick in words; `itself` where Muster is compared with Muster, '' where with nothing. */
  readonly against: string;
  readonly unit: Unit;
  /** Null = it is told, and nothing is asked of it. */
  readonly reach: Reach | null;
}

export interface Measured {
  /** What is judged: in the unit of the figure. */
  readonly judged: Stats;
  /** What Muster did, the main thing first. */
  readonly muster: readonly Reading[];
  /** What the yardstick did in the same rounds; null = there is none. */
  readonly yardstick: Reading | null;
  /** Sizes, counts and whatever else helps to understand it. */
  readonly details?: JsonObject;
}

export interface Figure extends FigureSpec, Omit<Measured, 'judged'>, Stats {
  readonly details: JsonObject;
  /** Whether the median reaches what was asked; null = nothing was. */
  readonly met: boolean | null;
}

function isMet(reach: Reach, median: number): boolean {
  return reach.bound === 'least' ? median >= reach.value : median <= reach.value;
}

export function toFigure(spec: FigureSpec, measured: Measured): Figure {
  const { judged, muster, yardstick, details = {} } = measured;
  const met = spec.reach === null ? null : isMet(spec.reach, judged.median);
  return { ...spec, met, ...judged, muster, yardstick, details };
}

/** @param things done in each of the timed rounds, where it is a time of many things. */
export function timeReading(label: string, stats: Stats, things?: number): Reading {
  const perSecond = things === undefined ? {} : { perSecond: Math.round((things * 1000) / stats.median) };
  return { label, unit: 'ms', stats, ...perSecond };
}

export function rateReading(label: string, stats: Stats): Reading {
  return { label, unit: '/s', stats };
}
