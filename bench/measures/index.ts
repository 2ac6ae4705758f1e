import { importMeasure } from './import.ts';
import type { Measure } from './measure.ts';

/** Everything that is measured, in the order in which it is. */
export const measures: readonly Measure[] = [importMeasure];
