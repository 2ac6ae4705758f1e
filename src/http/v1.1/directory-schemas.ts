import { Type } from 'typebox';
import { channels } from '../../profiles/index.ts';
import { commonKeys, successKeys } from './schemas.ts';

/** Shapes of the methods that list and describe databases, resources and suppression lists. */

const id = Type.Integer({ minimum: 1 });

export const listBody = Type.Object({
  ...commonKeys,
  from_id: Type.Optional(Type.Integer({ minimum: 0, default: 1, description: 'the least id to list' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 1000 })),
  groups: Type.Optional(Type.Array(Type.String(), { description: 'there is one, main' })),
  groups_id: Type.Optional(Type.Array(Type.Integer(), { description: 'there is one, 0' })),
  ui_tags: Type.Optional(Type.Array(Type.String(), { description: 'there are none' })),
});

export const idBody = Type.Object({ ...commonKeys, id });

const listKeys = {
  ...successKeys,
  next_from_id: Type.Integer({ description: 'from_id of the next page; a page without data is the last' }),
  total_count: Type.Integer(),
};

export const databaseList = Type.Object({
  data: Type.Array(
    Type.Object({
      id,
      name: Type.String(),
      ui_tags: Type.Array(Type.String()),
      Groups: Type.Array(Type.Object({ Id: Type.Integer(), Name: Type.String() })),
    }),
  ),
  ...listKeys,
});

export const databaseAnswer = Type.Object({
  data: Type.Object({
    id,
    name: Type.String(),
    suppress_id: Type.Integer({ description: 'the first suppression list that names the database, or 0' }),
    description: Type.String(),
  }),
  ...successKeys,
});

export const resourceList = Type.Object({
  data: Type.Array(
    Type.Object({
      id,
      name: Type.String(),
      groups: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
    }),
  ),
  ...listKeys,
});

export const resourceAnswer = Type.Object({
  data: Type.Object({
    channels: Type.Array(Type.Enum(channels)),
    dbs_ids: Type.Array(id),
    id,
    name: Type.String(),
    trk_domain: Type.String(),
    url: Type.String(),
    categories: Type.Array(Type.String()),
  }),
  ...successKeys,
});

export const resourceFieldsBody = Type.Object({
  ...commonKeys,
  id,
  channel: Type.Optional(Type.Enum(channels, { description: 'fields are the same in every channel' })),
});

export const fieldList = Type.Object({
  data: Type.Array(
    Type.Object({
      category: Type.Enum(['custom', 'system']),
      title: Type.String(),
      name: Type.String(),
      required: Type.Boolean(),
      type: Type.String({
        description: 'unicode is a text; int, float, bool, date, datetime, enum, ip, tags',
      }),
      dictionary: Type.Optional(Type.String()),
      options: Type.Optional(Type.Array(Type.String())),
      match: Type.Boolean(),
    }),
  ),
  ...successKeys,
});

export const suppressionListBody = Type.Object({ ...commonKeys, name: Type.String() });
export const suppressionListAnswer = Type.Object({ data: Type.Object({ saved_id: id }), ...successKeys });

const contact = Type.String();
export const emailBody = Type.Object({ ...commonKeys, id, email: contact });
export const emailsBody = Type.Object({
  ...commonKeys,
  id,
  emails: Type.Array(contact, { maxItems: 10_000 }),
});
export const domainBody = Type.Object({ ...commonKeys, id, domain: contact });
export const domainsBody = Type.Object({
  ...commonKeys,
  id,
  domains: Type.Array(contact, { maxItems: 10_000 }),
});
export const emptyAnswer = Type.Object(successKeys);
const count = Type.Integer({ minimum: 0 });
export const addedAnswer = Type.Object({
  ...successKeys,
  total_count: count,
  total_duplicated: count,
  total_imported: count,
  total_updated: count,
  invalid: Type.Array(Type.Object({ index: count, value: Type.String() })),
});
