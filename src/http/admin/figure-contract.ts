import { type Static, Type } from 'typebox';
import { closed, count, id, nullable, query, time } from './contract.ts';

/** What the first page shows: charts, and what needs a person. */

export const chartQuery = closed({
  ...query,
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168, default: 24 })),
  step: Type.Optional(Type.Integer({ minimum: 60, maximum: 86_400, default: 900, description: 'seconds' })),
});
const point = Type.Object({ at: time, values: Type.Record(Type.String(), Type.Integer()) });
const series = Type.Array(point);
export const charts = Type.Object({
  imports: series,
  messages: series,
  deliveries: series,
  queue_seconds: series,
});
export type ChartsObject = Static<typeof charts>;
export type ChartPoint = Static<typeof point>;

const attentionKinds = [
  'breaker_open',
  'hook_stopped',
  'parked_deliveries',
  'parked_messages',
  'parked_calls',
  'queue_old',
  'failed_items',
  'workflow_paused',
] as const;
const attention = Type.Object({
  kind: Type.Enum(attentionKinds),
  severity: Type.Enum(['bad', 'warning']),
  id: nullable(id),
  name: nullable(Type.String({ description: 'of the hook, workflow, place or queue' })),
  count: nullable(count),
  detail: nullable(Type.String()),
});
export const attentionList = Type.Object({
  data: Type.Array(attention, { description: 'the most severe first' }),
  queues: Type.Array(Type.Object({ queue: Type.String(), seconds: count, waiting: count })),
});
export type AttentionObject = Static<typeof attention>;
export type AttentionListObject = Static<typeof attentionList>;
