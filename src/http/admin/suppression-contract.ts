import { type Static, Type } from 'typebox';
import { entryKinds, MAX_VALUES } from '../../suppression/index.ts';
import { closed, count, id, limit, name, nullable, query, time } from './contract.ts';

/** Suppression lists in /api/admin. */

const databases = Type.Optional(
  nullable(
    Type.Array(id, {
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      description: 'the databases that it counts for; null or absent = every one',
    }),
  ),
);

export const suppressionListBody = closed({ name, databases });
export const suppressionListPatch = closed({ name: Type.Optional(name), databases });
export const suppressionList = Type.Object({
  id,
  name: Type.String(),
  databases: nullable(Type.Array(id)),
  created_at: time,
});
export type SuppressionListObject = Static<typeof suppressionList>;

const kind = Type.Enum(entryKinds);
const values = Type.Array(Type.String({ maxLength: 500 }), { minItems: 1, maxItems: MAX_VALUES });
export const entriesBody = closed({
  kind,
  values,
  reason: Type.Optional(nullable(Type.String({ maxLength: 500 }))),
});
export const entriesRemoval = closed({ kind, values });
export const entriesAdded = Type.Object({
  total: count,
  imported: count,
  duplicated: count,
  invalid: Type.Array(Type.Object({ index: count, value: Type.String() }), {
    description: 'those that are no contact of the kind; phone numbers need their country code',
  }),
});
export const entriesRemoved = Type.Object({ removed: count });
export const entryQuery = closed({
  ...query,
  kind,
  prefix: Type.Optional(Type.String({ maxLength: 500, description: 'what values begin with' })),
  after: Type.Optional(Type.String({ description: 'the next_after of the page before' })),
  limit: Type.Optional(limit),
});
export const entryPage = Type.Object({
  data: Type.Array(
    Type.Object({ kind, value: Type.String(), reason: nullable(Type.String()), created_at: time }),
  ),
  next_after: nullable(Type.String()),
});
