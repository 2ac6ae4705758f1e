import type { Bench } from '../environment/bench.ts';
import type { Figure } from '../figures/figure.ts';

/** One row of the table of what is measured. */
export interface Measure {
  /** As it is asked for on the command line. */
  readonly name: string;
  readonly title: string;
  /** The yardstick in words. */
  readonly against: string;
  /** What is asked of it, in words; the figures have it as numbers. */
  readonly reach: string;
  /** True = it takes long, and runs only when it is asked for by name. */
  readonly isLong?: boolean;
  /** Starts what it needs and stops it again. @throws {Error} when what was done is wrong: a fast wrong run is no figure. */
  run(bench: Bench): Promise<Figure[]>;
}
