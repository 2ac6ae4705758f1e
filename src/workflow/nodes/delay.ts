import { DateTime, Duration } from 'luxon';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

export interface DelayNode extends NodeBase {
  readonly type: 'delay';
  readonly for: Duration;
}

/** What is wrong with a duration: not ISO 8601, parts below zero, nothing at all, or longer than ten years. */
function durationFault(duration: Duration): string | undefined {
  if (!duration.isValid) return 'expected an ISO 8601 duration such as PT30M or P1DT12H';
  const parts = Object.values(duration.toObject());
  if (parts.some((part) => part < 0)) return 'expected a duration without negative parts';
  // Months and years have no fixed length, so both ends are laid on the calendar from one day.
  const origin = DateTime.fromMillis(0, { zone: 'utc' });
  const end = origin.plus(duration);
  if (!(end.toMillis() > 0)) return 'expected a duration longer than zero';
  return end > origin.plus({ years: 10 }) ? 'expected a duration of at most ten years' : undefined;
}

export function parseDelay(reader: NodeReader): DelayNode | undefined {
  reader.edge('next');
  const text = reader.text('for', 'required');
  if (text === undefined) return undefined;
  const duration = Duration.fromISO(text);
  const fault = durationFault(duration);
  if (fault === undefined) return { id: reader.id, type: 'delay', for: duration, edges: reader.edges };
  reader.fault('for', fault);
  return undefined;
}

/** Days, months and years are counted on the UTC calendar. */
export const executeDelay: ExecuteNode<DelayNode> = (node, runs, { now }) => {
  const until = DateTime.fromJSDate(now, { zone: 'utc' }).plus(node.for).toJSDate();
  return runs.map(() => ({ kind: 'wait', until }));
};
