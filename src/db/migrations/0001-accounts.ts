/** Tokens, databases with their fields, resources. Small tables: reference tables on a cluster. */
export const accounts = `
create table token (
  id integer generated always as identity primary key,
  name text not null,
  hash bytea not null unique,
  rights text[] not null,
  database_ids integer[],
  created_at timestamptz not null,
  revoked_at timestamptz
);
comment on table token is 'API tokens. Only the SHA-256 of a token is kept. database_ids null = every database.';

create table database (
  id integer generated always as identity primary key,
  name text not null,
  unknown_fields text not null check (unknown_fields in ('reject', 'ignore', 'create')),
  phone_country text not null,
  sex_numbers text not null check (sex_numbers in ('0/1', '1/2')),
  created_at timestamptz not null
);

create table field (
  id integer generated always as identity primary key,
  database_id integer not null references database (id),
  name text not null,
  type text not null,
  options text[],
  match boolean not null,
  created_at timestamptz not null,
  unique (database_id, name)
);
comment on column database.phone_country is 'ISO 3166 code of the country whose national numbers phones without a + are read as';
comment on column database.sex_numbers is 'what the numbers of _sex mean: male/female as 0/1 or as 1/2';
comment on column field.match is 'whether identity rows are kept for the field, so that matching finds it by index';

create table resource (
  id integer generated always as identity primary key,
  name text not null,
  channels text[] not null,
  created_at timestamptz not null
);

create table resource_database (
  resource_id integer not null references resource (id),
  database_id integer not null references database (id),
  primary key (resource_id, database_id)
);

create table stored_answer (
  key bytea primary key,
  body_hash bytea not null,
  answer text not null,
  created_at timestamptz not null
);
create index stored_answer_created_at on stored_answer (created_at);
comment on table stored_answer is 'Answers of successful changing requests, so that a repeat within the window is not executed again.';
`;
