import { backpressure } from './backpressure.ts';
import { calls } from './calls.ts';
import { coldStart } from './cold-start.ts';
import { email } from './email.ts';
import { engine } from './engine.ts';
import { growth } from './growth.ts';
import { hooks } from './hooks.ts';
import { importMeasure } from './import.ts';
import { importGrown } from './import-grown.ts';
import { many } from './many.ts';
import type { Measure } from './measure.ts';
import { memory } from './memory.ts';

/** Everything that is measured, in the order in which it is. */
export const measures: readonly Measure[] = [
  ...[importMeasure, importGrown, engine, email, calls, hooks, memory, coldStart, many, backpressure, growth],
];
