import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import type { AuditEntryObject } from '../../../../src/http/admin/account-contract.ts';

/** Where the pages of things are, by their kind. */
const places: Readonly<Record<string, (id: string) => string>> = {
  database: (id) => `/databases/${id}`,
  workflow: (id) => `/workflows/${id}`,
  template: (id) => `/templates/${id}`,
  sender: (id) => `/senders/${id}`,
  hook: (id) => `/hooks/${id}`,
  resource: (id) => `/resources/${id}`,
  segment: (id) => `/segments/${id}`,
  'suppression-list': (id) => `/suppression/${id}`,
  task: (id) => `/tasks/${id}`,
  run: (id) => `/runs/${id}`,
  message: (id) => `/messages/${id}`,
};

/** What something was done to, as a way to it where it has a page. */
export function ObjectLink({ object: { kind, id, name } }: { readonly object: AuditEntryObject['object'] }) {
  const text = name ?? id ?? '';
  const place = id === null ? undefined : places[kind]?.(id);
  if (place === undefined) return <>{text}</>;
  return (
    <Anchor component={Link} to={place} className="breakable">
      {text}
    </Anchor>
  );
}
