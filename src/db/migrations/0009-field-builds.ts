/**
 * Building, in the background, what match fields and unique values need of profiles that were there before
 * (docs/decisions/0011). Small and undistributed: a row for each declaration.
 */
export const fieldBuilds = `
create table field_build (
  id integer generated always as identity primary key,
  database_id integer not null references database (id),
  field_id integer references field (id),
  what text not null check (what in ('match', 'unique')),
  state text not null check (state in ('running', 'clearing', 'done', 'failed', 'removed')),
  fence_xid xid8,
  cursor_table text not null,
  cursor_slot smallint not null default 0,
  cursor_value text collate "C" not null default '',
  cursor_id text collate "C" not null default '',
  done bigint not null default 0,
  total bigint,
  fault text,
  attempts integer not null default 0,
  declared_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  claim_token uuid,
  due_at timestamptz
) with (fillfactor = 50);
create unique index field_build_open on field_build (database_id, (coalesce(field_id, 0))) where finished_at is null;
create index field_build_due on field_build (due_at) where due_at is not null;
create index field_build_of_database on field_build (database_id, id);
comment on column field_build.field_id is 'null = the e-mail address, for unique_email';
comment on column field_build.state is 'running: fills from profiles; clearing: deletes what is no longer needed, and then is failed where there is a fault, else removed';
comment on column field_build.fence_xid is 'a transaction that began after the declaration was committed: nothing is done before every older one has ended, since those may know nothing of it. null = not looked at yet';
comment on column field_build.cursor_table is 'profile while running; while clearing unique_value and then identity. cursor_slot, cursor_value and cursor_id tell its last row';
comment on column field_build.attempts is 'claims since the last that settled';
`;
