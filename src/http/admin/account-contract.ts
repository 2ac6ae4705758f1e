import { type Static, Type } from 'typebox';
import { actorKinds, languages, PASSWORD_LENGTH, roles } from '../../accounts/index.ts';
import { closed, freeObject, id, limit, name, nullable, query, time } from './contract.ts';

/** People who log in, and the audit, in /api/admin. */

const MAX_ENTRY_ID = Number.MAX_SAFE_INTEGER;

const email = Type.String({ minLength: 3, maxLength: 254 });
const role = Type.Enum(roles);
const language = nullable(Type.Enum(languages, { description: 'null = as the browser asks' }));
const newPassword = Type.String({
  minLength: PASSWORD_LENGTH.least,
  maxLength: PASSWORD_LENGTH.most,
});
/** What is checked may be any text: how long a right one is says nothing here. */
const givenPassword = Type.String({ maxLength: PASSWORD_LENGTH.most });

const userKeys = {
  id,
  email: Type.String(),
  name: Type.String(),
  role,
  language,
  disabled_at: nullable(time),
  created_at: time,
  updated_at: time,
  last_login_at: nullable(time),
};
export const user = Type.Object(userKeys);
export type UserObject = Static<typeof user>;
export const userWithPassword = Type.Object({
  ...userKeys,
  password: Type.Optional(Type.String({ description: 'the one that was made; shown this once' })),
});
export const userBody = closed({
  email,
  name,
  role,
  language: Type.Optional(language),
  password: Type.Optional(newPassword),
});
export const userPatch = Type.Partial(
  closed({
    name,
    role,
    disabled: Type.Boolean(),
    password: nullable(newPassword),
  }),
  { additionalProperties: false, minProperties: 1 },
);

/** Everybody sees them, before the log-in too. */
const settingKeys = {
  name: nullable(Type.String({ minLength: 1, maxLength: 60, description: 'of this installation' })),
  notice: nullable(Type.String({ minLength: 1, maxLength: 500, description: 'shown on every page' })),
  language: nullable(
    Type.Enum(languages, { description: 'for whom has chosen none; null = as the browser asks' }),
  ),
};
export const settingsPatch = Type.Partial(closed(settingKeys), {
  additionalProperties: false,
  minProperties: 1,
});
const variable = Type.Object({
  name: Type.String(),
  value: nullable(Type.String({ description: 'null = none, or a secret' })),
  is_set: Type.Boolean({ description: 'false = the default' }),
  help: Type.String(),
});
export const settings = Type.Object({
  ...settingKeys,
  version: Type.String(),
  node: Type.String(),
  postgres: Type.String(),
  embedded: Type.Boolean({ description: 'whether PostgreSQL is the one that Muster brings' }),
  database_bytes: Type.Integer(),
  environment: Type.Array(variable, { description: 'of the process that answers; empty but for owners' }),
});
export type SettingsObject = Static<typeof settings>;

export const sessionState = Type.Object({
  setup_needed: Type.Boolean({ description: 'whether there is no user yet' }),
  user: nullable(user),
  csrf_token: nullable(Type.String({ description: 'for the header x-csrf-token of changing requests' })),
  version: Type.String(),
  ...settingKeys,
});
export const openedSession = Type.Object({ user, csrf_token: Type.String() });
export const setupBody = closed({
  setup_token: Type.String({ minLength: 1, maxLength: 1000 }),
  email,
  name,
  password: newPassword,
});
export const logInBody = closed({ email: Type.String({ maxLength: 254 }), password: givenPassword });
export const passwordBody = closed({ current: givenPassword, new: newPassword });
export const selfPatch = Type.Partial(closed({ name, language }), {
  additionalProperties: false,
  minProperties: 1,
});
export const ownUser = Type.Object({ user });

const entryId = Type.Integer({ minimum: 1, maximum: MAX_ENTRY_ID });
export const auditQuery = closed({
  ...query,
  actor: Type.Optional(
    Type.String({
      pattern: `^(${actorKinds.join('|')})(:[1-9][0-9]{0,8})?$`,
      description: 'a kind, or one of it, such as user:5',
    }),
  ),
  action: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'workflow.publish, or workflow for all that is done to them',
    }),
  ),
  object: Type.Optional(
    Type.String({ maxLength: 300, description: 'a kind of object, or one of it, such as workflow:5' }),
  ),
  after: Type.Optional(entryId),
  limit: Type.Optional(limit),
});
const auditEntry = Type.Object({
  id: entryId,
  at: time,
  actor: Type.Object({ kind: Type.Enum(actorKinds), id: nullable(id), name: Type.String() }),
  action: Type.String(),
  object: Type.Object({ kind: Type.String(), id: nullable(Type.String()), name: nullable(Type.String()) }),
  database_id: nullable(id),
  details: freeObject,
  ip: nullable(Type.String()),
  request_id: nullable(Type.String()),
});
export type AuditEntryObject = Static<typeof auditEntry>;
export const auditPage = Type.Object({ data: Type.Array(auditEntry), next_after: nullable(entryId) });
