/**
 * What else belongs to a resource, segments with their members, suppression lists with their entries. segment_member
 * is a per-profile table: distributed on a cluster, its slot is that of the profile.
 */
export const resources = `
alter table resource
  add column categories text[] not null default '{}',
  add column fields jsonb not null default '[]',
  add column senders jsonb not null default '{}',
  add column policy jsonb not null default '{}';
comment on column resource.fields is 'the fields of its subscriptions: a list of {name, type, options, match}';
comment on column resource.senders is 'ids of senders by channel';
comment on column resource.policy is '{caps, quiet_hours}, for the moment of sending';

create table segment (
  id integer generated always as identity primary key,
  database_id integer not null references database (id),
  name text not null,
  kind text not null check (kind in ('static', 'filter')),
  filter jsonb,
  created_at timestamptz not null,
  check ((kind = 'filter') = (filter is not null))
);
create index segment_of_database on segment (database_id, id);

create table segment_member (
  slot smallint not null,
  database_id integer not null,
  segment_id integer not null,
  profile_id text collate "C" not null,
  added_at timestamptz not null,
  primary key (slot, database_id, segment_id, profile_id)
);
create index segment_member_of_profile on segment_member (slot, database_id, profile_id);
comment on table segment_member is 'Members of static segments. Those of a filter segment are found by its filter when somebody asks.';

create table suppression_list (
  id integer generated always as identity primary key,
  name text not null,
  database_ids integer[],
  created_at timestamptz not null
);
comment on column suppression_list.database_ids is 'the databases whose profiles get nothing; null = every database';

create table suppression_entry (
  list_id integer not null references suppression_list (id),
  kind text not null check (kind in ('email', 'domain', 'phone')),
  value text collate "C" not null,
  reason text,
  created_at timestamptz not null,
  primary key (list_id, kind, value)
);
comment on column suppression_entry.value is 'normalised as in profiles; a domain as it stands after the @ of an address';
`;
