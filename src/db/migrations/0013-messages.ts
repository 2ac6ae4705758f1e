/**
 * Templates of messages in versions that never change, senders, and messages: a message is the outbox row of one send,
 * claimed where it stands like a run, and keeps what became of it.
 */
export const messages = `
create table template (
  id integer generated always as identity primary key,
  name text not null,
  channel text not null,
  database_id integer references database (id),
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on column template.database_id is 'null = for workflows of any database';

create table template_version (
  template_id integer not null references template (id),
  version integer not null,
  content jsonb not null,
  created_at timestamptz not null,
  primary key (template_id, version)
);
comment on column template_version.content is '{subject, html, text, headers, track_opens, track_clicks} of e-mail, {text, data} of other channels';

create table sender (
  id integer generated always as identity primary key,
  name text not null,
  channel text not null,
  settings jsonb not null,
  secrets text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on column sender.secrets is 'a JSON object of passwords and keys, sealed by the vault; null = it has none';

create table message (
  slot smallint not null,
  id text collate "C" not null,
  database_id integer not null,
  profile_id text collate "C" not null,
  run_id text collate "C",
  workflow_id integer,
  version integer,
  node text,
  task_id uuid,
  share smallint not null,
  channel text not null,
  resource_id integer not null,
  template_id integer not null,
  template_version integer not null,
  sender_id integer not null,
  subscription_id text collate "C",
  address text,
  is_test boolean not null default false,
  on_unknown text not null check (on_unknown in ('repeat', 'skip', 'park')),
  status text not null check (status in ('queued', 'held', 'sent', 'failed', 'suppressed', 'cancelled', 'unknown')),
  reason text,
  attempts integer not null default 0,
  due_at timestamptz,
  claim_token uuid,
  give_up_at timestamptz not null,
  provider_id text collate "C",
  answer text,
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  delivered_at timestamptz,
  opened_at timestamptz,
  opens integer not null default 0,
  clicked_at timestamptz,
  clicks integer not null default 0,
  replied_at timestamptz,
  bounced_at timestamptz,
  bounce text check (bounce in ('soft', 'hard')),
  complained_at timestamptz,
  unsubscribed_at timestamptz,
  primary key (slot, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index message_due on message (sender_id, share, due_at) where due_at is not null;
create index message_held on message (workflow_id) where status = 'held';
create index message_claimed on message (sender_id) where claim_token is not null;
create index message_of_run on message (slot, run_id, id);
create index message_of_profile on message (slot, profile_id, resource_id, sent_at);
create index message_at_provider on message (sender_id, provider_id) where provider_id is not null;
create index message_unknown on message (id) where status = 'unknown' and settled_at is null;
create index message_settled on message (settled_at) where settled_at is not null;
comment on column message.run_id is 'null = sent by hand, as a test';
comment on column message.subscription_id is 'null = the address is that of the profile itself';
comment on column message.address is 'as it was when the message was queued: an e-mail, a phone, or a JSON object of other contacts; null = erased with its profile';
comment on column message.status is 'held: its workflow was paused when its turn came; suppressed: it must not be sent, reason says why; unknown: the server may have taken it, and on_unknown says not to repeat it';
comment on column message.settled_at is 'when its outcome was decided; null while it is queued, held, or parked as unknown';
comment on column message.give_up_at is 'after that a temporary refusal is final';
comment on column message.provider_id is 'the id under which a gateway knows it';
`;
