/**
 * Triggers: start nodes that changes of profiles fire. A version without a start named Default has no start_node; what
 * its triggers wait for is kept beside it, so that a change finds them without reading definitions.
 */
export const triggers = `
alter table workflow_version alter column start_node drop not null;
alter table workflow_version add column triggers jsonb;
comment on column workflow_version.start_node is 'the start that profiles of the API enter; null = only triggers start runs';
comment on column workflow_version.triggers is 'the start nodes with an event, as they stand in the definition; null = none';

alter table run add column depth smallint not null default 0;
comment on column run.depth is 'how many triggers, each fired by a run of the one before, led to this run; 0 = none';
`;
