/**
 * The log of events, whose rows hold many events each (docs/decisions/0012); hooks, where they stand in the log, and
 * the deliveries cut from it.
 */
export const events = `
create table event_batch (
  id bigint generated always as identity primary key,
  position bigint,
  database_id integer not null,
  type text not null,
  workflow_id integer,
  resource_id integer,
  events integer not null,
  is_test boolean not null,
  body bytea not null,
  created_at timestamptz not null
);
-- It is compressed already.
alter table event_batch alter column body set storage external;
create unique index event_batch_position on event_batch (position) where position is not null;
create index event_batch_unplaced on event_batch (id) where position is null;
create index event_batch_age on event_batch using brin (created_at);
comment on column event_batch.position is 'its place in the feed, given after its commit: without gaps, in the order of giving; null = not yet';
comment on column event_batch.body is 'the events as a JSON list of lists, deflated; see hooks/event-codec.ts';

create table event_log (
  id smallint primary key check (id = 1),
  last_position bigint not null,
  purged_position bigint not null
);
insert into event_log values (1, 0, 0);
comment on table event_log is 'One row: the last position given, and the last one that was deleted. Who gives positions holds its lock.';

create table forgotten_profile (
  profile_id text collate "C" not null,
  database_id integer not null,
  forgotten_at timestamptz not null,
  primary key (profile_id, database_id)
);
create index forgotten_profile_age on forgotten_profile (forgotten_at);
comment on table forgotten_profile is 'Profiles whose earlier events are told without anything about them.';

create table hook (
  id integer generated always as identity primary key,
  name text not null,
  url text not null,
  events text[],
  database_ids integer[],
  workflow_ids integer[],
  resource_ids integer[],
  batch_size integer not null,
  batch_timeout_seconds integer not null,
  success_pattern text,
  header_name text,
  oauth2 jsonb,
  custom_data jsonb not null,
  secrets text not null,
  is_active boolean not null,
  inactive_reason text,
  missed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on column hook.events is 'types of events; null = all, as with the three lists of ids';
comment on column hook.secrets is 'a JSON object of what signs and authorises, sealed by the vault; see hooks/hook-secrets.ts';
comment on column hook.missed_at is 'when it last stood so far back that events were deleted before it took them';

create table hook_cursor (
  id integer generated always as identity primary key,
  hook_id integer not null references hook (id) on delete cascade,
  next_position bigint not null,
  next_index integer not null,
  end_position bigint,
  end_index integer,
  seen_position bigint not null,
  due_at timestamptz,
  looked_at timestamptz not null
);
create unique index hook_cursor_live on hook_cursor (hook_id) where end_position is null;
create index hook_cursor_of_hook on hook_cursor (hook_id);
comment on table hook_cursor is 'Where a hook stands in the log: the next event to take. One without an end for what comes, others for stretches that are told again.';
comment on column hook_cursor.seen_position is 'the last position that was looked at; more in the log is a reason to look again';
comment on column hook_cursor.due_at is 'when to look again even if nothing has come';

create table hook_delivery (
  id uuid primary key,
  hook_id integer not null references hook (id) on delete cascade,
  status text not null check (status in ('queued', 'done', 'parked')),
  events integer not null,
  first_event text not null,
  last_event text not null,
  body text not null,
  attempts integer not null default 0,
  due_at timestamptz,
  claim_token uuid,
  give_up_at timestamptz,
  last_tried_at timestamptz,
  http_status integer,
  fault text,
  answer text,
  created_at timestamptz not null,
  settled_at timestamptz
);
create index hook_delivery_due on hook_delivery (hook_id, due_at) where status = 'queued';
create index hook_delivery_parked on hook_delivery (hook_id) where status = 'parked';
create index hook_delivery_of_hook on hook_delivery (hook_id, created_at, id);
create index hook_delivery_settled on hook_delivery (settled_at) where settled_at is not null;
comment on column hook_delivery.id is 'webhook-id, the same at every try';
comment on column hook_delivery.first_event is 'the event_id of its first event';
comment on column hook_delivery.body is 'as it is sent, the same bytes at every try';
comment on column hook_delivery.give_up_at is 'when a failed try is the last one: set at the first try';
`;
