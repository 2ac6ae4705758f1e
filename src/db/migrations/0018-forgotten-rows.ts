/** Erased profiles whose rows still stand in tasks. */
export const forgottenRows = `
alter table forgotten_profile add column rows_emptied_at timestamptz;
comment on column forgotten_profile.rows_emptied_at is 'when the rows of imports that named it were emptied; null = they are to be';
create index forgotten_profile_rows on forgotten_profile (forgotten_at) where rows_emptied_at is null;
`;
