import { type Static, Type } from 'typebox';
import { itemStates } from '../../importer/index.ts';
import { closed, count, freeObject, id } from './contract.ts';

/** Trying an import before it is made. */

const MAX_CHECKED = 1000;
const flag = Type.Optional(Type.Boolean());

export const checkBody = closed({
  workflow_id: Type.Optional(id),
  db_id: Type.Optional(id),
  matching: Type.Optional(Type.String()),
  field_name: Type.Optional(Type.String()),
  resource_id: Type.Optional(id),
  skip_triggers: flag,
  skip_invalid_subscriptions: flag,
  detect_geo: flag,
  content: Type.Optional(freeObject),
  custom_data: Type.Optional(freeObject),
  data: Type.Array(freeObject, { minItems: 1, maxItems: MAX_CHECKED }),
});
const forecast = Type.Object({
  item: count,
  action: Type.Enum(['create', 'update', 'leave', 'refuse']),
  profile_id: Type.Optional(Type.String()),
  changed_fields: Type.Optional(Type.Array(Type.String())),
  duplicate_of: Type.Optional(count),
  start: Type.Optional(Type.Enum(['start', 'skip_reentry'])),
  skipped_subscriptions: Type.Optional(Type.Array(Type.Unknown())),
  error: Type.Optional(Type.Integer()),
  error_text: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
});
export const checked = Type.Object({
  counters: Type.Record(Type.Enum(['total', ...itemStates, 'started', 'skipped_reentry']), count),
  result: Type.Array(forecast),
});
export type CheckBody = Static<typeof checkBody>;
export type ForecastObject = Static<typeof forecast>;
export type CheckedObject = Static<typeof checked>;
