/**
 * Accepted tasks and the chunks of their rows. A worker claims a lane and takes its oldest chunks; the payload is
 * compressed bytes, so PostgreSQL is told not to compress it again.
 */
export const imports = `
create table task (
  id uuid primary key,
  kind text not null,
  database_id integer not null references database (id),
  workflow_id integer references workflow (id),
  token_id integer references token (id),
  envelope jsonb not null,
  context_id bigint,
  total integer not null,
  chunks_left integer not null,
  created integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  invalid integer not null default 0,
  ambiguous integer not null default 0,
  not_found integer not null default 0,
  cancelled integer not null default 0,
  started integer not null default 0,
  skipped_reentry integer not null default 0,
  runs_waiting integer not null default 0,
  runs_ended integer not null default 0,
  runs_failed integer not null default 0,
  accepted_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null
) with (fillfactor = 50);
create index task_accepted_at on task (accepted_at, id);
create index task_expires_at on task (expires_at);
create index task_unfinished on task (accepted_at) where finished_at is null;

create table import_lane (
  database_id integer not null references database (id),
  lane smallint not null,
  due_at timestamptz not null,
  claim_token uuid,
  attempts integer not null default 0,
  primary key (database_id, lane)
) with (fillfactor = 50);
comment on column import_lane.attempts is 'claims since the last that settled; many mean that its oldest chunk cannot be processed';
comment on table import_lane is 'One worker at a time works on a lane. due_at lies one lease ahead while it is claimed.';

create table import_chunk (
  id bigint generated always as identity primary key,
  task_id uuid not null references task (id) on delete cascade,
  database_id integer not null,
  lane smallint not null,
  rows integer not null,
  payload bytea not null,
  result bytea,
  settled_at timestamptz
);
alter table import_chunk alter column payload set storage external;
alter table import_chunk alter column result set storage external;
create index import_chunk_pending on import_chunk (database_id, lane, id) where settled_at is null;
create index import_chunk_of_task on import_chunk (task_id, id);
`;
