/** Who has published a version. */
export const publishedBy = `
alter table workflow_version add column published_by text;
comment on column workflow_version.published_by is 'the name of the user or token; null = Muster itself, or before it was kept';
`;
