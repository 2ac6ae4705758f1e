import { type Static, Type } from 'typebox';
import { closed, count, freeObject, id, limit, nullable, profileSearch, query, time } from './contract.ts';
import { message } from './message-contract.ts';
import { run } from './run-contract.ts';

/** What people do with one profile, or take along of many. */

const subscriptions = Type.Array(freeObject, { minItems: 1, maxItems: 100 });
export const profileBody = closed({
  database_id: id,
  fields: freeObject,
  subscriptions: Type.Optional(subscriptions),
});
export const profilePatch = closed({ database_id: id, fields: freeObject });
export const subscriptionsBody = closed({ database_id: id, subscriptions });
export const unsubscribeBody = closed({
  database_id: id,
  resource_id: Type.Optional(id),
});

const entryId = Type.String({ pattern: '^[0-9a-f]{24}$' });
export const historyQuery = closed({
  ...query,
  database_id: id,
  after: Type.Optional(entryId),
  limit: Type.Optional(limit),
});
const historyEntry = Type.Object({
  id: entryId,
  at: time,
  run: Type.Optional(run),
  message: Type.Optional(message),
});
export const historyPage = Type.Object({
  data: Type.Array(historyEntry, { description: 'runs and messages, the newest first' }),
  next_after: nullable(entryId),
});
export type HistoryEntryObject = Static<typeof historyEntry>;

const named = Type.Object({ id, name: Type.String(), kind: Type.String() });
export const profileSegments = Type.Object({ data: Type.Array(named) });
export type ProfileSegmentObject = Static<typeof named>;

const { token, database_id, field, value, filter } = profileSearch.properties;
export const exportQuery = closed({
  ...{ token, database_id, field, value, filter },
  format: Type.Optional(Type.Enum(['csv', 'ndjson'])),
});
export const personExport = Type.Object({
  profile: Type.Unknown(),
  segments: Type.Array(named),
  history: Type.Array(historyEntry),
  exported_at: time,
});

export const countBody = closed({ filter: freeObject });
export const filterCount = Type.Object({
  count,
  is_complete: Type.Boolean({ description: 'false = at least so many; counting was given up there' }),
});
export type FilterCountObject = Static<typeof filterCount>;
