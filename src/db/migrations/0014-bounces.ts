/** Mailboxes to which bounces come: who reads one, and how that went. */
export const bounces = `
create table bounce_mailbox (
  sender_id integer primary key,
  due_at timestamptz not null,
  claim_token uuid,
  last_checked timestamptz,
  last_error text,
  mails bigint not null default 0,
  facts bigint not null default 0
);
comment on table bounce_mailbox is 'a row for each sender whose settings have had a mailbox; due_at lies one lease ahead while a process reads it';
comment on column bounce_mailbox.mails is 'mails that were read; facts of them were about messages of ours';
`;
