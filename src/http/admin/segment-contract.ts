import { type Static, Type } from 'typebox';
import { segmentKinds } from '../../segments/index.ts';
import { closed, count, freeObject, id, limit, name, nullable, query, time } from './contract.ts';

/** Segments in /api/admin. */

const MAX_CHANGED_MEMBERS = 10_000;

const filter = freeObject;

export const segmentBody = closed({
  name,
  database_id: id,
  kind: Type.Enum(segmentKinds),
  filter: Type.Optional(filter),
});
export const segmentPatch = closed({ name: Type.Optional(name), filter: Type.Optional(filter) });
export const segmentQuery = closed({ ...query, database_id: Type.Optional(id) });
export const segment = Type.Object({
  id,
  database_id: id,
  name: Type.String(),
  kind: Type.Enum(segmentKinds, {
    description: 'static = profiles are put in and taken out, filter = those that meet it when it is asked',
  }),
  filter: nullable(Type.Unknown()),
  created_at: time,
});
export type SegmentObject = Static<typeof segment>;

export const memberQuery = closed({
  ...query,
  after: Type.Optional(Type.String({ description: 'the next_after of the page before' })),
  limit: Type.Optional(limit),
});
export const memberPage = Type.Object({
  data: Type.Array(Type.Object({ profile_id: Type.String(), added_at: nullable(time) })),
  next_after: nullable(
    Type.String({ description: 'also after a page that is not full, where the segment has a filter' }),
  ),
});

const profileIds = Type.Array(Type.String({ pattern: '^[0-9a-f]{24}$' }), { maxItems: MAX_CHANGED_MEMBERS });
export const membersBody = closed({ add: Type.Optional(profileIds), remove: Type.Optional(profileIds) });
export const membersChanged = Type.Object({
  added: count,
  removed: count,
  unknown: Type.Array(Type.String(), { description: 'those to add that the database does not have' }),
});
export const memberCount = Type.Object({
  count: nullable(count),
  reason: Type.Optional(Type.String({ description: 'why there is no count' })),
});
/** A deletion that is not at its end. */
export const partlyDeleted = Type.Object({
  removed: count,
  done: Type.Literal(false, { description: 'ask again until it answers 204' }),
});
