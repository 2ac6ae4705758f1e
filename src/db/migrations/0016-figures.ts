/** What is kept so that people see how it went: the age of queues, minute by minute. And what they have set for all. */
export const figures = `
create table queue_age (
  at timestamptz not null,
  queue text not null,
  seconds integer not null,
  waiting bigint not null,
  primary key (at, queue)
);
comment on table queue_age is 'How long the oldest entry of each queue had waited at that minute, and how many waited.';

-- Those who look for what failed among millions of runs find it at once; it costs nothing while runs go well.
create index run_failed on run (workflow_id, id) where status = 'failed';

create table setting (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null
);
comment on table setting is 'What owners set for everybody; what an operator sets for a process stands in its environment.';
`;
