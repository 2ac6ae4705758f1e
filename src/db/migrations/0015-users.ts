/** People who log in, their sessions, what has been tried in vain, and who has changed what. */
export const users = `
create table user_account (
  id integer generated always as identity primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'editor', 'viewer')),
  password_hash text not null,
  language text check (language in ('en', 'ru')),
  disabled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_login_at timestamptz
);
create unique index user_account_email on user_account (lower(email));
comment on column user_account.password_hash is 'scrypt with its parameters; see accounts/passwords.ts';
comment on column user_account.language is 'null = as the browser asks';

create table user_session (
  token_hash bytea primary key,
  user_id integer not null references user_account (id) on delete cascade,
  csrf_token text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_seen_at timestamptz not null,
  ip text not null,
  user_agent text not null
);
create index user_session_of_user on user_session (user_id);
create index user_session_age on user_session (expires_at);
comment on table user_session is 'Only the SHA-256 of what stands in the cookie is kept.';

create table login_attempt (
  key text collate "C" primary key,
  failures integer not null,
  blocked_until timestamptz,
  updated_at timestamptz not null
);
create index login_attempt_age on login_attempt (updated_at);
comment on column login_attempt.key is 'whom it counts for: ip and an address, or email and an e-mail in lower case';
comment on column login_attempt.failures is 'log-ins that were begun and have not succeeded';

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('token', 'user', 'system')),
  actor_id integer,
  actor_name text not null,
  action text collate "C" not null,
  object_kind text not null,
  object_id text,
  object_name text,
  database_id integer,
  details jsonb not null,
  ip text,
  request_id text
);
create index audit_action on audit (action, id);
create index audit_object on audit (object_kind, object_id, id);
create index audit_actor on audit (actor_kind, actor_id, id);
create index audit_age on audit (at);
comment on table audit is 'Who has changed what. Names of keys, never values; no references, since it outlives what it tells of.';

-- A task or file that a person brings has no token.
alter table file alter column token_id drop not null;
`;
