import { mayUse } from '../../../accounts/index.ts';
import { listDatabases } from '../../../profiles/index.ts';
import { databaseList, listBody } from '../directory-schemas.ts';
import { listText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { pageOf } from '../read-keys.ts';
import { failure } from '../schemas.ts';

const rights = ['read', 'import'] as const;

/** The databases that the token may use. */
export const databasesList: ApiMethod = {
  name: 'databases/list',
  rights,
  columns: ['id', 'name', 'ui_tags', 'Groups'],
  schema: {
    tags: ['v1.1'],
    summary: 'List the databases that the token may use',
    body: listBody,
    response: { 200: { anyOf: [databaseList, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const databases = await listDatabases(deps.db);
    const seen = databases.filter(({ id }) => rights.some((right) => mayUse(token, right, id)));
    const items = seen.map(({ id, name }) => ({ id, name, ui_tags: [], Groups: [{ Id: 0, Name: 'main' }] }));
    return listText(pageOf(body, items));
  },
};
