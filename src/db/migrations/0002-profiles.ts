/**
 * Profiles and what they are found by. Distributed tables on a cluster: keys begin with slot. Updates of a profile
 * touch no indexed column, so room left on the page keeps them HOT.
 */
export const profiles = `
create table profile (
  slot smallint not null,
  database_id integer not null,
  id text collate "C" not null,
  fields jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (slot, database_id, id)
) with (fillfactor = 80);

create table identity (
  slot smallint not null,
  database_id integer not null,
  kind integer not null,
  value text collate "C" not null,
  profile_id text collate "C" not null,
  primary key (slot, database_id, kind, value, profile_id)
);
comment on table identity is 'What a profile is found by, normalised. kind: 1 e-mail, 2 phone, 100 + field.id for match fields. slot is that of the value.';
`;
