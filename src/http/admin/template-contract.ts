import { type Static, Type } from 'typebox';
import { channels } from '../../profiles/index.ts';
import { closed, freeObject, id, limit, name, nullable, query, time } from './contract.ts';

/** Templates of messages in /api/admin. */

const texts = Type.Record(Type.String(), Type.String());
const parts = {
  subject: Type.Optional(Type.String()),
  html: Type.Optional(Type.String()),
  text: Type.Optional(Type.String({ description: 'of e-mail: made from the HTML when it is absent' })),
  headers: Type.Optional(texts),
  track_opens: Type.Optional(Type.Boolean()),
  track_clicks: Type.Optional(Type.Boolean()),
  data: Type.Optional(texts),
};

export const templateBody = closed({
  name,
  channel: Type.Enum(channels),
  database_id: Type.Optional(nullable(id)),
  ...parts,
});
export const templatePatch = Type.Object(
  { name: Type.Optional(name), database_id: Type.Optional(nullable(id)), ...parts },
  { additionalProperties: false, minProperties: 1 },
);
export const templateQuery = closed({ ...query, from_id: Type.Optional(id), limit: Type.Optional(limit) });

const content = {
  subject: Type.String(),
  html: Type.String(),
  text: Type.String(),
  headers: texts,
  track_opens: Type.Boolean(),
  track_clicks: Type.Boolean(),
  data: texts,
};
export const template = Type.Object({
  id,
  name: Type.String(),
  channel: Type.Enum(channels),
  database_id: nullable(id),
  version: Type.Integer({ description: 'rises when a part changes; messages that are queued keep theirs' }),
  ...content,
  created_at: time,
  updated_at: time,
});
export const templateVersion = Type.Object({ version: Type.Integer(), ...content, created_at: time });

const scope = {
  database_id: Type.Optional(id),
  profile_id: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{24}$', description: 'a profile of database_id whose fields are lead' }),
  ),
  lead: Type.Optional(freeObject),
  subscription: Type.Optional(freeObject),
  content: Type.Optional(freeObject),
};
export const previewBody = closed({ channel: Type.Enum(channels), ...parts, ...scope });
export const storedPreviewBody = closed({ ...parts, ...scope });
export const preview = Type.Object({
  subject: Type.String(),
  html: Type.String(),
  text: Type.String(),
  headers: texts,
  errors: Type.Array(
    Type.Object({
      path: Type.String(),
      message: Type.String(),
      line: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.Integer()),
    }),
    { description: 'a part with errors is empty' },
  ),
});

export type TemplatePatch = Static<typeof templatePatch>;
export type TemplateObject = Static<typeof template>;
export type TemplateVersionObject = Static<typeof templateVersion>;
export type StoredPreviewBody = Static<typeof storedPreviewBody>;
export type PreviewObject = Static<typeof preview>;
