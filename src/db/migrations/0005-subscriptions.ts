/**
 * Subscriptions inside their profile (docs/decisions/0009), identities of their contacts, unique values, required
 * fields; the lane of imports that match by more than one key; what tasks need to be streamed, cancelled and retried.
 */
export const subscriptions = `
alter table profile add column subscriptions jsonb not null default '[]';
comment on column profile.subscriptions is 'the subscriptions of the profile as a list of objects, in the order of their making';

alter table identity add column resource_id integer not null default 0;
comment on column identity.resource_id is 'the resource of the subscription that has the contact; 0 = it is the profile''s own';
comment on table identity is 'What a profile is found by, normalised. kind: 1 e-mail, 2 phone, 3 to 6 of subscriptions (e-mail, phone, push, other), 100 + field.id for match fields. slot is that of the value.';

create function pg_temp.slot_of(value text) returns smallint language plpgsql as $body$
declare
  bytes bytea := convert_to(value, 'UTF8');
  crc bigint := 4294967295;
begin
  for position in 0 .. length(bytes) - 1 loop
    crc := crc # get_byte(bytes, position);
    for bit in 1 .. 8 loop
      crc := (crc >> 1) # (3988292384 * (crc & 1));
    end loop;
  end loop;
  return (crc # 4294967295) % 64;
end $body$;
-- Numbers in the order of their values, as 16 hexadecimal digits: see profiles/identities.ts.
update identity i
   set value = sortable.text, slot = pg_temp.slot_of(sortable.text)
  from (select number.ctid, lpad(to_hex((case when substring(number.bits from 1 for 1) = B'0'
                                              then number.bits # (B'1' || repeat('0', 63)::bit(63))
                                              else ~ number.bits end)::bit(64)::bigint), 16, '0') as text
          from (select n.ctid, ('x' || encode(float8send(n.value::float8), 'hex'))::bit(64) as bits
                  from identity n
                  join field f on f.id = n.kind - 100 and f.type in ('int', 'float')) number) sortable
 where i.ctid = sortable.ctid;
drop function pg_temp.slot_of(text);
alter table identity alter column resource_id drop default;
alter table identity drop constraint identity_pkey;
alter table identity add primary key (slot, database_id, kind, value, profile_id, resource_id);

alter table database add column unique_email boolean not null default false;
alter table field add column "unique" boolean not null default false;
alter table field add column required boolean not null default false;
alter table field add column indexed boolean not null default true;
comment on column field.indexed is 'false while the identities of a match field are built from profiles that were there before';

create table unique_value (
  slot smallint not null,
  database_id integer not null,
  kind integer not null,
  value text collate "C" not null,
  profile_id text collate "C" not null,
  primary key (slot, database_id, kind, value)
);
comment on table unique_value is 'Values of which a database holds one: kind and slot as in identity.';

insert into import_lane (database_id, lane, due_at)
select id, 16, created_at from database;
comment on table import_lane is 'One worker at a time works on a lane; on lane 16, of rows that match by several keys, only while all others rest. due_at lies one lease ahead while it is claimed.';

alter table task add column parent_id uuid;
alter table task add column audience jsonb;
comment on column task.audience is 'the filter of the profiles that the task is about; null = its rows say who is meant';
alter table task add column cancelled_at timestamptz;
alter table task add column is_open boolean not null default false;
comment on column task.parent_id is 'the task whose failed items this one tries again';
comment on column task.is_open is 'true while its rows still stream in; none of them is worked on before the last has come';
alter table import_chunk add column is_held boolean not null default false;
comment on column import_chunk.is_held is 'the chunk belongs to an open task';
drop index import_chunk_pending;
create index import_chunk_pending on import_chunk (database_id, lane, id) where settled_at is null and not is_held;

alter table run_context add column subscription_filter jsonb;
comment on column run_context.subscription_filter is 'which subscription of the profile messages of these runs go to';
`;
