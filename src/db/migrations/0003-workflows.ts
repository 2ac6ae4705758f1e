/**
 * Workflows, their frozen versions, runs and the outbox of API calls. run and api_call are queues where they stand:
 * due_at says when a row may be claimed (null = not by itself), claim_token who holds it.
 */
export const workflows = `
create table workflow (
  id integer generated always as identity primary key,
  name text not null,
  database_id integer not null references database (id),
  reentry text not null check (reentry in ('never', 'not_inside', 'restart', 'each')),
  draft jsonb not null,
  active boolean not null,
  published_version integer,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table workflow_version (
  workflow_id integer not null references workflow (id),
  version integer not null,
  definition jsonb not null,
  start_node text not null,
  published_at timestamptz not null,
  primary key (workflow_id, version)
);

create table run_context (
  id bigint generated always as identity primary key,
  content jsonb,
  custom_data jsonb,
  created_at timestamptz not null
);
comment on table run_context is 'content and custom_data of a request root, stored once and shared by the runs that it started.';

create table run (
  slot smallint not null,
  id text collate "C" not null,
  database_id integer not null,
  profile_id text collate "C" not null,
  workflow_id integer not null,
  version integer not null,
  task_id uuid,
  item_index integer,
  node text not null,
  status text not null check (status in ('active', 'waiting', 'ended', 'failed')),
  due_at timestamptz,
  claim_token uuid,
  call_id text collate "C",
  resume text,
  steps integer not null,
  context_id bigint,
  content jsonb,
  custom_data jsonb,
  saved jsonb,
  started_at timestamptz not null,
  ended_at timestamptz,
  reason text,
  primary key (slot, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on column run.node is 'the node that the run enters next, or in which it waits';
comment on column run.call_id is 'the api_call whose outcome the run waits for';
comment on column run.resume is 'the edge by which the run leaves its node when it is claimed again; null = it enters the node';
comment on column run.reason is 'why it has ended or failed; while resume is error, why the call failed';
comment on column run.content is 'content of the item itself; null = that of the context';
comment on column run.saved is 'answers that api_call nodes have saved; laid over content';
create index run_of_profile on run (slot, profile_id, workflow_id);
create index run_due on run (workflow_id, version, due_at) where due_at is not null;

create table node_count (
  workflow_id integer not null,
  version integer not null,
  node text not null,
  outcome text not null,
  shard smallint not null,
  passed bigint not null,
  primary key (workflow_id, version, node, outcome, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table node_count is 'How many runs have left a node by each outcome. shard keeps workers from waiting for one row.';

create table api_call (
  slot smallint not null,
  id text collate "C" not null,
  database_id integer not null,
  run_id text collate "C" not null,
  profile_id text collate "C" not null,
  workflow_id integer not null,
  version integer not null,
  node text not null,
  request jsonb not null,
  save_as text,
  retries_left integer not null,
  attempts integer not null,
  due_at timestamptz,
  claim_token uuid,
  status text not null check (status in ('queued', 'done', 'failed', 'cancelled')),
  http_status integer,
  fault text,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (slot, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index api_call_due on api_call (due_at) where due_at is not null;
create index api_call_settled on api_call (settled_at) where settled_at is not null;
`;
