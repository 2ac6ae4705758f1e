/**
 * Files for attachments. The same content is stored once, in pieces; a file is a name, a type and an owner for it. The
 * pieces of an upload stand under its id before its hash is known, and either become the content or are dropped.
 */
export const files = `
create table file_content (
  id uuid primary key,
  hash bytea not null unique,
  size bigint not null,
  pieces integer not null,
  created_at timestamptz not null
);
comment on column file_content.hash is 'SHA-256 of the whole content';

create table file_piece (
  content_id uuid not null,
  number integer not null,
  bytes bytea not null,
  primary key (content_id, number)
);
alter table file_piece alter column bytes set storage external;
comment on column file_piece.content_id is 'file_content, or while the content is still being sent, file_upload';

create table file_upload (
  id uuid primary key,
  started_at timestamptz not null
);
create index file_upload_started_at on file_upload (started_at);
comment on table file_upload is 'Uploads under way; an old one belonged to a process that died.';

create table file (
  id uuid primary key,
  content_id uuid not null references file_content (id),
  name text not null,
  mimetype text not null,
  token_id integer not null references token (id),
  database_ids integer[],
  created_at timestamptz not null,
  used_at timestamptz not null
);
create index file_content_id on file (content_id);
create index file_used_at on file (used_at);
comment on column file.database_ids is 'those of the token that brought it, at that time; null = every database';
comment on column file.used_at is 'when it was needed last, or will be: what is older than the retention is deleted';

alter table run add column attach jsonb;
comment on column run.attach is 'attachments of the item itself, as in run_context; null = those of the context';
alter table run_context add column attach jsonb;
comment on column run_context.attach is 'list of {name, mimetype, size, file}';
`;
