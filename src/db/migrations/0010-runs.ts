/**
 * Runs that wait for messages and events, that share the engine fairly, and that tell what they have gone through; API
 * calls that share their hosts; workflows that are paused.
 */
export const runs = `
alter table run rename column call_id to effect_id;
comment on column run.effect_id is 'the api_call or message whose outcome the run waits for';
alter table run
  add column share smallint not null default 0,
  add column wait_event text,
  add column wait_message text collate "C",
  add column trail jsonb;
comment on column run.share is 'Claims take from all shares evenly: 0 for starts without a task and small tasks, 1 to 15 by the hash of the task.';
comment on column run.wait_event is 'the event that ends the wait: delivered, opened, clicked, reply, profile_updated, or custom and its name; due_at is the time-out';
comment on column run.wait_message is 'the message that the event must be of; null = the event is of the profile';
comment on column run.trail is 'the latest steps as [node, outcome, ISO time, detail?], the oldest first; steps counts all of them';
drop index run_due;
create index run_due on run (workflow_id, version, share, due_at) where due_at is not null;
create index run_resting on run (workflow_id, version) where due_at is null and status in ('active', 'waiting');
create index run_of_workflow on run (workflow_id, id);

alter table workflow add column paused_at timestamptz;
comment on column workflow.paused_at is 'since when its runs wait; null = they go on';
alter table workflow_version add column waits text[] not null default '{}';
comment on column workflow_version.waits is 'the events of profiles (profile_updated, custom and its name) that its wait_event nodes wait for';

alter table api_call
  add column host text collate "C" not null default '',
  add column share smallint not null default 0,
  add column on_unknown text not null default 'repeat' check (on_unknown in ('repeat', 'skip', 'park'));
alter table api_call drop constraint api_call_status_check;
alter table api_call add check (status in ('queued', 'held', 'done', 'failed', 'cancelled', 'unknown'));
comment on column api_call.host is 'scheme, host and port of the URL: the key of its budget';
comment on column api_call.status is 'held: its workflow was paused when its turn came; unknown: whether the target has taken it is not known, and on_unknown says not to repeat it';
update api_call set host = lower(substring(request ->> 'url' from '^[A-Za-z]+://[^/?#]*'));
alter table api_call alter column host drop default;
drop index api_call_due;
create index api_call_due on api_call (host, share, due_at) where due_at is not null;
create index api_call_held on api_call (workflow_id) where status = 'held';
create index api_call_claimed on api_call (host) where claim_token is not null;
`;
