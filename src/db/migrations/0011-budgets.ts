/**
 * Budgets of what can be reached outside (API hosts, senders, hooks), shared by all workers, each with its breaker; ways
 * to API calls for those who look at them; and which key the stored secrets are sealed by.
 */
export const budgets = `
create table budget (
  key text collate "C" primary key,
  concurrency integer check (concurrency > 0),
  per_second double precision check (per_second > 0),
  tokens double precision,
  refilled_at timestamptz not null,
  failures integer not null default 0,
  opened_at timestamptz,
  retry_at timestamptz,
  opens integer not null default 0,
  reason text,
  updated_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on column budget.concurrency is 'set by an operator; null = the default of the kind';
comment on column budget.per_second is 'likewise';
comment on column budget.tokens is 'what the rate allowed at refilled_at; null = there is no rate';
comment on column budget.failures is 'unreachable since it was last reached';
comment on column budget.retry_at is 'the breaker is open until then, and after that half open; null = closed';
comment on column budget.opens is 'how often the breaker has opened since it was last closed';

create index api_call_of_run on api_call (slot, run_id, id);
create index api_call_unknown on api_call (id) where status = 'unknown' and settled_at is null;

create table vault_key (
  id smallint primary key check (id = 1),
  fingerprint text not null,
  stored_at timestamptz not null
);
`;
